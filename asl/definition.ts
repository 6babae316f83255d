// A loaded state machine: the parts of the States Language (JSONata) that this interpreter runs, with compiled expressions.
import type { Template } from './template.ts';

export interface Retrier {
  readonly errors: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
  readonly jitter: 'FULL' | 'NONE';
}
/** What a state, a rule or a catcher makes of a result. */
export interface Effects { readonly assign?: Template; readonly output?: Template }
export interface Catcher extends Effects { readonly errors: readonly string[]; readonly next: string }
export interface Rule extends Effects { readonly condition: Template; readonly next: string }

interface Common extends Effects { readonly name: string; readonly comment: string; readonly next?: string; readonly end: boolean }
interface Failing { readonly retry: readonly Retrier[]; readonly catch: readonly Catcher[] }

export interface TaskState extends Common, Failing {
  readonly type: 'Task';
  readonly resource: string;
  readonly arguments?: Template;
  readonly timeoutSeconds?: Template;
  readonly heartbeatSeconds?: Template;
}
export interface ParallelState extends Common, Failing { readonly type: 'Parallel'; readonly branches: readonly Scope[]; readonly arguments?: Template }
export interface Batch { readonly itemsMax?: Template; readonly bytesMax?: Template; readonly input?: Template }
export interface MapState extends Common, Failing {
  readonly type: 'Map';
  readonly mode: 'INLINE' | 'DISTRIBUTED';
  readonly items?: Template;
  readonly selector?: Template;
  readonly processor: Scope;
  readonly maxConcurrency?: Template;
  readonly toleratedCount?: Template;
  readonly toleratedPercentage?: Template;
  readonly batch?: Batch;
}
export interface ChoiceState extends Common { readonly type: 'Choice'; readonly rules: readonly Rule[]; readonly fallback?: string }
export interface WaitState extends Common { readonly type: 'Wait'; readonly seconds?: Template; readonly timestamp?: Template }
export interface PassState extends Common { readonly type: 'Pass' }
export interface SucceedState extends Common { readonly type: 'Succeed' }
export interface FailState extends Common { readonly type: 'Fail'; readonly error?: Template; readonly cause?: Template }

export type State = TaskState | ParallelState | MapState | ChoiceState | WaitState | PassState | SucceedState | FailState;

/** States that can reach each other: the machine itself, a branch or a map's processor. */
export interface Scope { readonly startAt: string; readonly states: ReadonlyMap<string, State> }

export interface StateMachine extends Scope {
  readonly comment: string;
  readonly timeoutSeconds?: number;
  /** The definition as it was given. */
  readonly definition: unknown;
}
