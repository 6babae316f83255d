// What is explored: how many executions there are and which way they go, whose clocks may be ahead, and how often what may happen.
// All orders of all these things are looked at; only their number is bounded.
import { NO_RENEWAL, RENEWED_LONG_AGO, TICKS, type Clocks, type DatabaseState, type ExecutionState, type Side, type State } from './state.ts';

export interface Setting {
  readonly name: string;
  readonly what: string;
  /** Started by people: cooldown and acknowledgement do not hold them back. */
  readonly byHand: boolean;
  /** The region that each execution leaves. */
  readonly evacuations: readonly Side[];
  /** Does the application check permits? If not, only the agent's word proves a fence. */
  readonly permits: boolean;
  readonly agent: boolean;
  /** Application servers that renew their permits. */
  readonly servers: boolean;
  /** From the begin of a step to the last effect of what it asked for: a Lambda's time limit (14 s by default). */
  readonly stepTicks: number;
  /** `lease.margin`, not below the step's limit (15 s by default), and `lease.ttl`, at least the longest step and the margin. */
  readonly marginTicks: number;
  readonly leaseTicks: number;
  /** Writes that hang between check, commit and acknowledgement. */
  readonly statements: boolean;
  /** Every clock is right or one tick (the clock error) ahead; which ones may be. */
  readonly clocks: readonly Clocks[];
  /** All of them, for `--large`. */
  readonly clocksLarge: readonly Clocks[];
  readonly left: State['left'];
}

const NEVER: State['left'] = { reopens: 0, pauses: 0, resumes: 0, acks: 0, crashes: 0, losses: 0 };

const SHORT_STEPS = { stepTicks: 1, marginTicks: 1, leaseTicks: 3 };
const LONG_STEPS = { stepTicks: 2, marginTicks: 2, leaseTicks: 5 };

/** Each clock is right, or ahead by the clock error. */
function clocksOf(executions: number, places: readonly (readonly [number, number])[]): readonly Clocks[] {
  const tuples = (length: number): number[][] => (length === 0 ? [[]] : tuples(length - 1).flatMap((rest) => [[...rest, 0], [...rest, 1]]));
  return tuples(executions).flatMap((clocks) => places.map(([server, database]) => ({ executions: clocks, server, database })));
}
const ANY_PLACES = [[0, 0], [0, 1], [1, 0], [1, 1]] as const;
const SERVER_AHEAD = [[1, 0]] as const;
const SERVER_ANYHOW = [[0, 0], [1, 0]] as const;
const RIGHT = [[0, 0]] as const;
/** The second execution's clock is ahead: what the first one holds looks older to it than it is. */
const SECOND_AHEAD: readonly Clocks[] = [{ executions: [0, 1], server: 0, database: 0 }];

/** The execution's clock is ahead, so that permits look older to it than they are; and server and database of A differ, either way. */
const FIRST_AHEAD: readonly Clocks[] = [{ executions: [1], server: 0, database: 1 }, { executions: [1], server: 1, database: 0 }];

const PLAIN = { byHand: false, permits: true, servers: true, agent: false, statements: false, left: NEVER };

export const SETTINGS: readonly Setting[] = [
  {
    ...PLAIN, ...LONG_STEPS, name: 'one', what: 'one execution; writes that hang anywhere, renewals in two steps and late, a server that surrenders',
    evacuations: ['A'], statements: true, clocks: FIRST_AHEAD, clocksLarge: clocksOf(1, ANY_PLACES),
  },
  {
    ...PLAIN, ...SHORT_STEPS, name: 'agent', what: 'one execution and the agent in A, whose work fails in part, and whose network is opened again by others',
    evacuations: ['A'], agent: true, clocks: clocksOf(1, SERVER_AHEAD), clocksLarge: clocksOf(1, ANY_PLACES), left: { ...NEVER, reopens: 1 },
  },
  {
    ...PLAIN, ...SHORT_STEPS, name: 'two', what: 'two executions of one incident; answers are lost, requests act late',
    evacuations: ['A', 'A'], clocks: [{ executions: [0, 1], server: 1, database: 0 }], clocksLarge: clocksOf(2, SERVER_ANYHOW), left: { ...NEVER, losses: 1 },
  },
  {
    ...PLAIN, ...SHORT_STEPS, name: 'back', what: 'a second execution that goes the other way, after a person acknowledged',
    evacuations: ['A', 'B'], clocks: SECOND_AHEAD, clocksLarge: clocksOf(2, RIGHT), left: { ...NEVER, acks: 1 },
  },
  {
    ...PLAIN, ...SHORT_STEPS, name: 'by hand', what: 'two executions that people start, one each way: no cooldown keeps them apart',
    byHand: true, evacuations: ['B', 'A'], clocks: SECOND_AHEAD, clocksLarge: clocksOf(2, SERVER_ANYHOW),
  },
  {
    ...PLAIN, ...SHORT_STEPS, name: 'people', what: 'two executions, and a person who pauses, resumes and acknowledges',
    evacuations: ['A', 'A'], servers: false, clocks: SECOND_AHEAD, clocksLarge: clocksOf(2, RIGHT), left: { ...NEVER, pauses: 1, resumes: 1, acks: 1 },
  },
  {
    ...PLAIN, ...SHORT_STEPS, name: 'unguarded', what: 'an application without permits: only the agent in A can fence',
    permits: false, servers: false, agent: true, evacuations: ['A', 'A'], clocks: SECOND_AHEAD, clocksLarge: clocksOf(2, RIGHT), left: { ...NEVER, reopens: 1 },
  },
];

const WRITER: DatabaseState = { recovering: false, promoting: false, networkOpen: true, sessionsLive: true, readOnly: false, probed: 0 };
const WAITING: ExecutionState = {
  place: 'idle', epoch: 0, outcome: 'none', age: 0, seen: undefined, next: undefined, asked: false, recordedAt: 0, listed: undefined, late: undefined, heedless: false,
};

/** A writes, B follows, and whoever starts an execution may be wrong about A. */
export const initialOf = (setting: Setting, isLarge = false): readonly State[] => (isLarge ? setting.clocksLarge : setting.clocks).map((clocks) => ({
  lease: { epoch: 0, holder: 0, left: -TICKS.clockError, cooling: 0, ackDue: false, paused: 0 },
  permit: { epoch: 0, writer: 'A', withdrawn: false, withdrawnBy: 0, renewed: { A: setting.servers ? clocks.server : RENEWED_LONG_AGO, B: RENEWED_LONG_AGO }, surrendered: false },
  orders: { A: undefined, B: undefined },
  databases: { A: { ...WRITER }, B: { ...WRITER, recovering: true } },
  old: { epoch: 0, left: setting.servers ? TICKS.permit : 0, asking: -1, recorded: false, told: -1, late: NO_RENEWAL, refused: false, write: { phase: 'none', epoch: 0, left: 0 } },
  fresh: { epoch: 0, left: 0 },
  agent: { epoch: 0, stage: 'idle', ended: false },
  executions: setting.evacuations.map(() => ({ ...WAITING })),
  clocks, left: { ...setting.left }, said: { paused: 0, ackDue: false, cooling: 0 },
}));
