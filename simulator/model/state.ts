// One state of the model: the shared records, the two databases, the servers, the agent, the executions, and what people did.
// All times are whole ticks counted from now, cut off where nothing can tell them apart any more: so the space is finite
// without an end of time.

export type Side = 'A' | 'B';
export const otherOf = (side: Side): Side => (side === 'A' ? 'B' : 'A');

/** In ticks. The order between them is that of events/config-rules-timing.ts and resources/functions.ts, the sizes are the least that keep it. */
export const TICKS = {
  /** `permit.ttl`. */
  permit: 2,
  /** `permit.clockError`: any two clocks differ by at most this. */
  clockError: 1,
  cooldown: 3,
  pause: 2,
  /** A renewal is given up after this. */
  renewal: 1,
} as const;

export interface LeaseState { epoch: number; /** Execution 1, 2, 3; 0 is nobody. */ holder: number; left: number; cooling: number; ackDue: boolean; paused: number }
export interface PermitState {
  epoch: number; writer: Side; withdrawn: boolean;
  /** By which epoch; 0 when it is not withdrawn. */
  withdrawnBy: number;
  /** Last renewal of each server in its own item, by its own clock; the earliest that matters when there is none. */
  renewed: Record<Side, number>;
  surrendered: boolean;
}
export interface OrderState { epoch: number; recordedAt: number; proven: boolean }
export interface DatabaseState { recovering: boolean; promoting: boolean; networkOpen: boolean; sessionsLive: boolean; readOnly: boolean; /** Epoch of the newest write probe that was committed here; 0 when none was. */ probed: number }
/** A statement on its way to database A, or in it. */
export interface WriteState { phase: 'none' | 'sent' | 'doubted' | 'committed'; epoch: number; left: number }
/** The server in A that wrote before the failover. Its permit counts by its own clock. */
export interface OldServer {
  epoch: number; left: number; refused: boolean; write: WriteState;
  /** Ticks since a renewal was begun, or -1; and whether its own item is written, so that the permit may be read. */
  asking: number; recorded: boolean;
  /** Without the guard of that order: the epoch that it was told before it wrote, or -1. */
  told: number;
  /** The time of a renewal that it gave up and that may yet be written; NO_RENEWAL when there is none. */
  late: number;
}
/** What a step listed of the servers' items before it withdrew the permits; only without the guard that it lists them afterwards. */
export interface Listed { readonly renewed: Readonly<Record<Side, number>>; readonly surrendered: boolean }
/** A server that writes to B once that is granted. */
export interface NewServer { epoch: number; left: number }

/** Where an execution stands. `x?` is about to read the lease, `x!` is about to write it, the others are about to do what they say. */
export type Place =
  | 'idle' | 'claim?' | 'claim!' | 'assess?' | 'fence?' | 'fence!' | 'withdraw' | 'order' | 'fenced'
  | 'promote?' | 'permission' | 'ask?' | 'ask!' | 'ask' | 'probe' | 'shift?' | 'shift!' | 'grant' | 'confirm' | 'conclude?' | 'over' | 'dead';
export type Outcome = 'none' | 'Failed over' | 'Stood down' | 'Handed to a human';
export type Mutation = 'withdraw' | 'order' | 'ask' | 'grant';
export interface ExecutionState {
  place: Place; epoch: number; outcome: Outcome;
  /** Ticks since the step began. */
  age: number;
  /** The lease as it was read, and what it is to become; times go on from then. */
  seen: LeaseState | undefined; next: LeaseState | undefined;
  /** Journaled: it asked RDS to promote. */
  asked: boolean;
  /** When the order to fence says that it was recorded, by the clock of the execution. */
  recordedAt: number;
  listed: Listed | undefined;
  /** A mutation whose caller gave up and that may still act; `left` ticks. */
  late: { kind: Mutation; left: number; recordedAt: number } | undefined;
  /** Its right to act was read although a pause stood (judged by the truth, not by what it read). */
  heedless: boolean;
}

export interface Clocks { readonly executions: readonly number[]; readonly server: number; readonly database: number }

export interface State {
  lease: LeaseState; permit: PermitState;
  orders: Record<Side, OrderState | undefined>;
  databases: Record<Side, DatabaseState>;
  old: OldServer; fresh: NewServer;
  /** The agent in A at work on the order of this epoch; 0 when it is idle. */
  agent: { epoch: number; stage: 'idle' | 'closing' | 'reading back'; ended: boolean };
  executions: ExecutionState[];
  /** Ticks by which a clock is ahead of the truth; they never change. */
  readonly clocks: Clocks;
  /** What may still happen. */
  left: { reopens: number; pauses: number; resumes: number; acks: number; crashes: number; losses: number };
  /** What people really said, whatever became of it in the records. */
  said: { paused: number; ackDue: boolean; cooling: number };
}

const floor = (value: number, least: number): number => (value < least ? least : value);
export const RENEWED_LONG_AGO = -(TICKS.permit + TICKS.clockError);
export const NO_RENEWAL = RENEWED_LONG_AGO - 1;

/** A copy that may be changed. */
export function copyOf(state: State): State {
  return {
    lease: { ...state.lease }, permit: { ...state.permit, renewed: { ...state.permit.renewed } },
    orders: { A: state.orders.A && { ...state.orders.A }, B: state.orders.B && { ...state.orders.B } },
    databases: { A: { ...state.databases.A }, B: { ...state.databases.B } },
    old: { ...state.old, write: { ...state.old.write } }, fresh: { ...state.fresh }, agent: { ...state.agent },
    executions: state.executions.map((execution) => ({ ...execution, seen: execution.seen && { ...execution.seen }, next: execution.next && { ...execution.next }, late: execution.late && { ...execution.late } })),
    clocks: state.clocks, left: { ...state.left }, said: { ...state.said },
  };
}

/** One tick goes by for everything that counts time. Executions and their requests are aged by their own rules (execution.ts). */
export function age(state: State): void {
  ageLease(state.lease);
  for (const side of ['A', 'B'] as const) {
    state.permit.renewed[side] = floor(state.permit.renewed[side] - 1, RENEWED_LONG_AGO);
    const order = state.orders[side];
    if (order !== undefined) order.recordedAt = floor(order.recordedAt - 1, RENEWED_LONG_AGO);
  }
  const { old, fresh, said } = state;
  old.left = floor(old.left - 1, 0);
  if (old.asking < TICKS.renewal) old.asking += old.asking < 0 ? 0 : 1;
  else [old.asking, old.recorded, old.told] = [-1, false, -1];
  if (old.late !== NO_RENEWAL) old.late = floor(old.late - 1, RENEWED_LONG_AGO);
  old.write.left = floor(old.write.left - 1, -TICKS.clockError);
  fresh.left = floor(fresh.left - 1, 0);
  [said.paused, said.cooling] = [floor(said.paused - 1, 0), floor(said.cooling - 1, 0)];
}

export function ageLease(lease: LeaseState): void {
  // Of a lease that nobody holds the end means nothing.
  lease.left = lease.holder === 0 ? -TICKS.clockError : floor(lease.left - 1, -TICKS.clockError);
  lease.cooling = floor(lease.cooling - 1, 0);
  lease.paused = floor(lease.paused - 1, 0);
}
