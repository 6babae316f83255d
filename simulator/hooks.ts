// The owners' functions: strangers' code that may hang, throw, be gone or answer anything. By default each does what it is for.
import { RefusedByAwsError, TryAgainError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { HookEvent, Hooks } from '../domain/hooks.ts';
import type { Caller } from './calls.ts';
import type { World } from './world.ts';

export const HOOK_FAULTS = ['hangs', 'throws', 'missing', 'garbage', 'says no'] as const;
export type HookFault = (typeof HOOK_FAULTS)[number];

export class OwnersFunctions {
  readonly faults = new Map<string, HookFault>();
  readonly called: HookEvent[] = [];
}

export const hooksFor = (world: World, caller: Caller): Hooks => ({
  async call(functionArn, event, timeoutSeconds) {
    const target = functionArn.split(':')[3] ?? '';
    const fault = world.owners.faults.get(event.hook);
    // Nothing arrives at a function that is not there.
    if (fault === 'missing') throw new RefusedByAwsError(`${functionArn}: ResourceNotFoundException: Function not found`);
    await world.calls.call(caller, { port: 'hooks.call', target, timeoutMs: timeoutSeconds * 1000, attempts: 1, workMs: [20, 200], detail: event }, () => void world.owners.called.push(event));
    if (fault === undefined) return { ok: true };
    if (fault === 'hangs') {
      await world.places.sleep(caller.place, timeoutSeconds * 1000);
      throw new TryAgainError(`${functionArn} did not answer within ${timeoutSeconds} s`);
    }
    if (fault === 'throws') throw new RefusedByAwsError(`${functionArn} failed: {"errorType":"Error","errorMessage":"boom"}`);
    if (fault === 'garbage') throw new UnexpectedAnswerError(`${functionArn} answered no JSON: <html>`);
    return { ok: false, reason: 'not tonight' };
  },
});
