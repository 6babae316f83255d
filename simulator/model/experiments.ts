// What is tried: every setting whole, and every guard taken away. A guard whose absence another one makes good is taken away together
// with that one; that its absence alone breaks nothing is then shown over the whole of the same setting.
import { explore, type Counterexample, type Exploration } from './explore.ts';
import { guardNames, type Guard } from './guards.ts';
import { hasEnded, modelOf, TICK } from './moves.ts';
import { SETTINGS, type Setting } from './settings.ts';

export interface Experiment {
  readonly guard: Guard;
  /** Taken away as well: without these nothing would break. */
  readonly together: readonly Guard[];
  readonly setting: string;
  readonly in: Setting;
  readonly ignored: readonly string[];
}

/** More states than any setting has; whoever meets this limit has made the model larger. */
const STATES_MAX = 3_000_000;

const settingNamed = (name: string): Setting => {
  const found = SETTINGS.find((setting) => setting.name === name);
  if (found === undefined) throw new Error(`no setting ${name}`);
  return found;
};

const experiment = (guard: Guard, setting: string, together: readonly Guard[] = [], ignored: readonly string[] = []): Experiment =>
  ({ guard, together, setting, in: settingNamed(setting), ignored });

/** Late requests break I5 by themselves; what the stores then still prevent is told by the others. */
const LATE = ['I5', 'I13'];

export const EXPERIMENTS: readonly Experiment[] = [
  experiment('conditional lease write', 'people'),
  experiment('claim waits for the holder', 'people'),
  experiment('clock error in the claim', 'people', ['lease extended']),
  experiment('lease read before each mutation', 'people'),
  experiment('epoch check', 'people', ['holder check']),
  experiment('holder check', 'people', ['epoch check']),
  experiment('lease margin', 'people', ['lease extended']),
  experiment('lease extended', 'people', ['lease margin']),
  experiment('lease read again before the promotion', 'people'),
  experiment('step limit', 'people'),
  experiment('withdrawal only by the newest', 'people', ['step limit'], LATE),
  experiment('grant only under a newer epoch', 'people', ['step limit'], LATE),
  experiment('order only by the newest', 'people', ['step limit'], LATE),
  experiment('withdrawal before the wait', 'one', ['withdrawal read back']),
  experiment('withdrawal read back', 'one', ['withdrawal before the wait']),
  experiment('order written by the fence', 'back', ['order gate at the promotion']),
  experiment('order gate at the promotion', 'back', ['order written by the fence']),
  experiment('order recorded after the withdrawal', 'one'),
  experiment('permit wait at the fence', 'one', ['permit wait at the promotion']),
  experiment('permit wait at the promotion', 'one', ['permit wait at the fence']),
  experiment('permit life in the wait', 'one'),
  experiment('clock error in the wait', 'one'),
  experiment('renewals are listed after the withdrawal', 'one', ['permit wait at the promotion']),
  experiment('a renewal never goes back', 'one'),
  experiment('a grant keeps the renewals', 'by hand'),
  experiment('renewal is written before the permit is read', 'one'),
  experiment('lock read back', 'unguarded', ['database made read-only']),
  experiment('sessions ended', 'unguarded'),
  experiment('database made read-only', 'unguarded'),
  experiment('committed write before the grant', 'people'),
  experiment('order gate at the assessment', 'back'),
  experiment('permit checked before a write', 'one'),
  experiment('time checked in the statement', 'one'),
  experiment('permit checked before the acknowledgement', 'one'),
  experiment('permit counts from before the renewal', 'one'),
  experiment('a refusal ends the permit', 'one'),
  experiment('surrender waits for writes', 'one'),
  experiment('surrender waits for doubts', 'one'),
  experiment('pause at the claim', 'people'),
  experiment('pause at each mutation', 'people'),
  experiment('cooldown', 'people'),
  experiment('acknowledgement', 'people'),
  experiment('doubts outlast the clock error', 'one'),
];

/** Guards for which there is no experiment; none, or a test fails. */
export const untried = (): readonly Guard[] => guardNames.filter((guard) => !EXPERIMENTS.some((tried) => tried.guard === guard));

/** All states with all guards, and whether an end stays possible everywhere. */
export const exploreAll = (setting: Setting, isLarge = false): Exploration =>
  explore(modelOf(setting, new Set(), { isLarge }), { statesMax: isLarge ? 30_000_000 : STATES_MAX, isFinal: hasEnded });

/** The shortest way to break something without these guards. */
export const remove = ({ guard, together, in: setting, ignored }: Experiment): Exploration =>
  explore(modelOf(setting, new Set([guard, ...together]), { ignored }), { statesMax: STATES_MAX });

/** The same without the ones that make good what the guard did: nothing must break. */
export const removeAlone = (tried: Experiment): Exploration => remove({ ...tried, together: [] });

/** A counterexample as people read it: one line each, with the tick at which it happens. */
export function storyOf(setting: Setting, { broken, story }: Counterexample): string {
  let tick = 0;
  const lines: string[] = [];
  for (const text of story) {
    if (text === TICK) tick += 1;
    else lines.push(`  tick ${String(tick).padStart(2)}  ${text}`);
  }
  return [`  (${setting.what})`, ...lines, `  => ${broken}`].join('\n');
}
