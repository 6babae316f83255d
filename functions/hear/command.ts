// What `/hotshift ...` asks for. Words in the order that people type them; what is not understood gets the help.
import type { DrillKind } from '../../domain/drill.ts';
import type { Right } from './authorisation.ts';

export type Wish =
  | { readonly wish: 'status' | 'ack' | 'resume'; readonly application?: string }
  | { readonly wish: 'why'; readonly execution?: string }
  | { readonly wish: 'pause'; readonly application?: string; readonly seconds: number; readonly reason: string }
  | { readonly wish: 'drill'; readonly application?: string; readonly drill?: AskedDrill }
  | { readonly wish: 'start drill'; readonly application?: string; readonly drill: AskedDrill }
  | { readonly wish: 'help'; readonly problem?: string };

export interface AskedDrill { readonly evacuate: string; readonly mode: DrillKind }

const RIGHTS: Readonly<Record<Wish['wish'], Right>> = { status: 'looking', why: 'looking', drill: 'looking', help: 'looking', ack: 'operating', resume: 'operating', pause: 'operating', 'start drill': 'operating' };
/** Who may move the writer is who may approve that it moves. */
export const rightFor = (wish: Wish): Right => (wish.wish === 'start drill' && wish.drill.mode === 'switchover' ? 'approving' : RIGHTS[wish.wish]);

export const HELP = [
  '`/hotshift status [application]` may Hotshift act, and who sees what',
  '`/hotshift why [execution]` each gate that did not pass, and the outcome',
  '`/hotshift pause [application] 30m REASON` nothing automatic until then; what runs stops at its next safe point',
  '`/hotshift resume [application]` takes a pause back',
  '`/hotshift ack [application]` you have seen what was done',
  '`/hotshift drill [application]` which region was drilled when',
  '`/hotshift drill [application] REGION [switchover]` what a drill that leaves it would do; with `now` at the end it is started',
].join('\n');

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
/** As the command line: nobody pauses for ever by mistake. */
const PAUSE_SECONDS_MAX = 86_400;
const REASON_LENGTH_MAX = 200;

/** `applications`: the names that can be meant. */
export function wishOf([verb = 'help', ...rest]: readonly string[], applications: readonly string[]): Wish {
  const [first, ...others] = rest;
  const named = first !== undefined && applications.includes(first) ? { application: first } : {};
  const further = 'application' in named ? others : rest;
  switch (verb.toLowerCase()) {
    case 'status': return more(further, { wish: 'status', ...named });
    case 'ack': return more(further, { wish: 'ack', ...named });
    case 'resume': return more(further, { wish: 'resume', ...named });
    case 'why': return more(others, { wish: 'why', ...(first !== undefined && /^[\w.-]{1,200}$/.test(first) ? { execution: first } : {}) });
    case 'pause': return pauseOf(further, named);
    case 'drill': return drillOf(further, named);
    case 'help': return { wish: 'help' };
    default: return { wish: 'help', problem: 'that is no command' };
  }
}

const more = (rest: readonly string[], wish: Wish): Wish => (rest.length === 0 ? wish : { wish: 'help', problem: `${wish.wish} does not know the last words; is the application's name right?` });

/** Users move at the second word only: the first one says what would happen. */
function drillOf([evacuate, ...words]: readonly string[], named: { readonly application?: string }): Wish {
  if (evacuate === undefined) return { wish: 'drill', ...named };
  const kinds: Readonly<Record<string, readonly [DrillKind, boolean]>> = { '': ['traffic', false], now: ['traffic', true], switchover: ['switchover', false], 'switchover now': ['switchover', true] };
  const found = Object.entries(kinds).find(([text]) => text === words.join(' '))?.[1];
  if (found === undefined || !/^[a-z]{2}(-[a-z]+)+-\d$/.test(evacuate)) return { wish: 'help', problem: 'name the region to leave: drill REGION [switchover] [now]; is the application\'s name right?' };
  const [mode, starts] = found;
  return { wish: starts ? 'start drill' : 'drill', ...named, drill: { evacuate, mode } };
}

function pauseOf([length = '', ...words]: readonly string[], named: { readonly application?: string }): Wish {
  const [, amount = '', unit = ''] = /^(\d{1,6})(s|m|h)$/.exec(length) ?? [];
  const seconds = Number(amount) * (UNITS[unit] ?? Number.NaN);
  const reason = words.join(' ').slice(0, REASON_LENGTH_MAX);
  if (!(seconds > 0 && seconds <= PAUSE_SECONDS_MAX)) return { wish: 'help', problem: 'say for how long, at most 24h: pause 30m REASON' };
  return reason === '' ? { wish: 'help', problem: 'say why: pause 30m REASON' } : { wish: 'pause', ...named, seconds, reason };
}
