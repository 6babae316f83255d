// What `/hotshift ...` asks for. Words in the order that people type them; what is not understood gets the help.
import type { Right } from './authorisation.ts';

export type Wish =
  | { readonly wish: 'status' | 'ack' | 'resume'; readonly application?: string }
  | { readonly wish: 'why'; readonly execution?: string }
  | { readonly wish: 'pause'; readonly application?: string; readonly seconds: number; readonly reason: string }
  | { readonly wish: 'drill' }
  | { readonly wish: 'help'; readonly problem?: string };

export const RIGHTS: Readonly<Record<Wish['wish'], Right>> = { status: 'looking', why: 'looking', drill: 'looking', help: 'looking', ack: 'operating', resume: 'operating', pause: 'operating' };

export const HELP = [
  '`/hotshift status [application]` may Hotshift act, and who sees what',
  '`/hotshift why [execution]` each gate that did not pass, and the outcome',
  '`/hotshift pause [application] 30m REASON` nothing automatic until then; what runs stops at its next safe point',
  '`/hotshift resume [application]` takes a pause back',
  '`/hotshift ack [application]` you have seen what was done',
  '`/hotshift drill` what there is to practise with',
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
    case 'drill': return { wish: 'drill' };
    case 'help': return { wish: 'help' };
    default: return { wish: 'help', problem: 'that is no command' };
  }
}

const more = (rest: readonly string[], wish: Wish): Wish => (rest.length === 0 ? wish : { wish: 'help', problem: `${wish.wish} does not know the last words; is the application's name right?` });

function pauseOf([length = '', ...words]: readonly string[], named: { readonly application?: string }): Wish {
  const [, amount = '', unit = ''] = /^(\d{1,6})(s|m|h)$/.exec(length) ?? [];
  const seconds = Number(amount) * (UNITS[unit] ?? Number.NaN);
  const reason = words.join(' ').slice(0, REASON_LENGTH_MAX);
  if (!(seconds > 0 && seconds <= PAUSE_SECONDS_MAX)) return { wish: 'help', problem: 'say for how long, at most 24h: pause 30m REASON' };
  return reason === '' ? { wish: 'help', problem: 'say why: pause 30m REASON' } : { wish: 'pause', ...named, seconds, reason };
}
