// Faults that somebody plants in the endpoint: the next so many calls that match fail in the way told. Each fault is spent by the
// calls it hits, and can be taken back.
import { AwsError } from './service.ts';

/** Which calls, how many of them, and what happens. Exactly one of `code`, `status`, `hang` and `dropAnswerAfterActing` is given. */
export interface FaultPlan {
  /** The service's name (`rds`) or signing name. */
  readonly service: string;
  readonly operation?: string;
  /** The place called: a region, or 'global'. */
  readonly region?: string;
  readonly caller?: string;
  readonly times: number;
  /** An AWS error, modelled or not, such as ThrottlingException. */
  readonly code?: string;
  readonly message?: string;
  /** With `code`: the status of an error that is not modelled. Alone: an answer of that status without an AWS body, as a broken load balancer sends. */
  readonly status?: number;
  /** The call never gets an answer, and does not act. */
  readonly hang?: boolean;
  /** The call acts, then its connection breaks: the caller cannot know. */
  readonly dropAnswerAfterActing?: boolean;
}

export type FaultEffect =
  | { readonly kind: 'error'; readonly error: AwsError }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'drop' };

export interface FaultTarget {
  readonly service: string;
  readonly signingName: string;
  readonly operation: string;
  readonly region: string;
  readonly caller: string;
}

export class Faults {
  readonly #planted = new Set<{ readonly plan: FaultPlan; left: number }>();

  /** Plants a fault; the answer takes it back. */
  plant(plan: FaultPlan): () => void {
    effectOf(plan);
    if (!(plan.times >= 1)) throw new RangeError(`a fault must hit at least 1 call, not ${plan.times}`);
    const planted = { plan, left: plan.times };
    this.#planted.add(planted);
    return () => void this.#planted.delete(planted);
  }

  /** Spends one fault on this call, the first planted that matches. */
  take(target: FaultTarget): FaultEffect | undefined {
    for (const planted of this.#planted) {
      if (!matches(planted.plan, target)) continue;
      planted.left -= 1;
      if (planted.left <= 0) this.#planted.delete(planted);
      return effectOf(planted.plan);
    }
    return undefined;
  }
}

function matches(plan: FaultPlan, target: FaultTarget): boolean {
  return (plan.service === target.service || plan.service === target.signingName)
    && (plan.operation === undefined || plan.operation === target.operation)
    && (plan.region === undefined || plan.region === target.region)
    && (plan.caller === undefined || plan.caller === target.caller);
}

function effectOf({ code, message, status, hang, dropAnswerAfterActing }: FaultPlan): FaultEffect {
  const told = [code !== undefined || status !== undefined, hang === true, dropAnswerAfterActing === true].filter(Boolean).length;
  if (told !== 1) throw new RangeError('a fault needs exactly one of code, status, hang and dropAnswerAfterActing');
  if (hang === true) return { kind: 'hang' };
  if (dropAnswerAfterActing === true) return { kind: 'drop' };
  if (code !== undefined) return { kind: 'error', error: new AwsError(code, message ?? code, status === undefined ? {} : { status }) };
  return { kind: 'status', status: status ?? 500 };
}
