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
export interface Catcher { readonly errors: readonly string[]; readonly next: string; readonly assign?: Template; readonly output?: Template }
export interface Rule { readonly condition: Template; readonly next: string; readonly assign?: Template; readonly output?: Template }

interface Common { readonly name: string; readonly comment: string; readonly next?: string; readonly end: boolean; readonly assign?: Template; readonly output?: Template }
interface Failing { readonly retry: readonly Retrier[]; readonly catch: readonly Catcher[] }

export type State =
  | (Common & Failing & { readonly type: 'Task'; readonly resource: string; readonly arguments?: Template; readonly timeoutSeconds?: Template; readonly heartbeatSeconds?: Template })
  | (Common & Failing & { readonly type: 'Parallel'; readonly branches: readonly Scope[]; readonly arguments?: Template })
  | (Common & Failing & {
    readonly type: 'Map'; readonly items?: Template; readonly selector?: Template; readonly processor: Scope; readonly maxConcurrency?: Template;
    readonly toleratedCount?: Template; readonly toleratedPercentage?: Template; readonly batch?: { readonly maxItems: Template; readonly input?: Template };
  })
  | (Common & { readonly type: 'Choice'; readonly rules: readonly Rule[]; readonly fallback?: string })
  | (Common & { readonly type: 'Wait'; readonly seconds?: Template; readonly timestamp?: Template })
  | (Common & { readonly type: 'Pass' })
  | (Common & { readonly type: 'Succeed' })
  | (Common & { readonly type: 'Fail'; readonly error?: Template; readonly cause?: Template });

/** States that can reach each other: the machine itself, a branch or a map's processor. */
export interface Scope { readonly startAt: string; readonly states: ReadonlyMap<string, State> }

export interface StateMachine extends Scope {
  readonly comment: string;
  readonly timeoutSeconds?: number;
  /** The definition as it was given. */
  readonly definition: unknown;
}
