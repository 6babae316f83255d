// The log of calls: what "least privilege" and "no call to the evacuated region" are proven from. Members that the schema marks as
// sensitive never get into it, nor do the values under names that say secret.
import type { NormalizedSchema } from '@smithy/core/schema';

export type CallOutcome =
  /** Under way, or lost in a black hole: nobody can tell the two apart. */
  | 'pending'
  | 'answered'
  /** The way there or back was refused. */
  | 'refused'
  /** A planted fault: never answered. */
  | 'hung'
  /** A planted fault: done, but the answer was lost. */
  | 'dropped';

/** One call. `outcome` and `errorCode` are filled in when it ends. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  /** The place called: a region, or 'global' for a global service. */
  readonly region: string;
  readonly caller: string;
  /** The access key that signed it; absent for a call from within the process. */
  readonly identity?: string;
  /** Milliseconds since the epoch, when the call was made. */
  readonly at: number;
  readonly input: unknown;
  readonly outcome: CallOutcome;
  readonly errorCode?: string;
}

/** Told once when a call is made and once when it ends; a hung call never ends. */
export type CallListener = (call: Call, phase: 'began' | 'ended') => void;

type OpenCall = { -readonly [Key in keyof Call]: Call[Key] };

/** Kept at most: hours of a twin's run; the oldest go first. */
const CALLS_MAX = 100_000;
const HIDDEN = '(hidden)';

export class Calls {
  readonly #calls: OpenCall[] = [];
  readonly #listeners = new Set<CallListener>();

  get all(): readonly Call[] {
    return this.#calls;
  }

  subscribe(listener: CallListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Notes a call as made; the answer notes how it ended. */
  begin(call: Omit<Call, 'outcome' | 'errorCode'>): (outcome: CallOutcome, errorCode?: string) => void {
    const open: OpenCall = { ...call, outcome: 'pending' };
    this.#calls.push(open);
    if (this.#calls.length > CALLS_MAX) this.#calls.splice(0, CALLS_MAX / 10);
    this.#tell(open, 'began');
    return (outcome, errorCode) => {
      open.outcome = outcome;
      if (errorCode !== undefined) open.errorCode = errorCode;
      this.#tell(open, 'ended');
    };
  }

  #tell(call: Call, phase: 'began' | 'ended'): void {
    for (const listener of this.#listeners) listener(call, phase);
  }
}

/** The input with sensitive members hidden and bytes told by their number. */
export function withoutSecrets(schema: NormalizedSchema, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (schema.getMergedTraits().sensitive === 1) return HIDDEN;
  if (value instanceof Uint8Array) return `(${value.byteLength} bytes)`;
  if (schema.isStructSchema()) {
    const members = value as Readonly<Record<string, unknown>>;
    const shown = [...schema.structIterator()].filter(([name]) => members[name] !== undefined);
    return Object.fromEntries(shown.map(([name, member]) => [name, /password|secretstring|secretbinary/i.test(name) ? HIDDEN : withoutSecrets(member, members[name])]));
  }
  if (schema.isListSchema() && Array.isArray(value)) return value.map((item) => withoutSecrets(schema.getValueSchema(), item));
  if (schema.isMapSchema()) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(schema.getValueSchema(), item)]));
  }
  return value;
}
