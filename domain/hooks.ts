// Hooks: functions of the application's owners, called at named points of a failover or a failback. They are strangers' code: bounded in
// time, told about, and unable to stop anything unless the plan marks them `required`.
import type { Region } from './plan.ts';

/**
 * Few points, each where waiting hurts least: before the first change, when writes and users have moved, and when it is seen to work.
 * None stands between the fence and the shift: there nobody can write, and every second is an outage.
 */
export const HOOK_POINTS = ['before-fence', 'after-shift', 'after-failover', 'before-failback', 'after-failback'] as const;
export type HookPoint = (typeof HOOK_POINTS)[number];

export interface HookPlan {
  readonly name: string;
  readonly point: HookPoint;
  /** Region that takes over (of a failback: where the writer shall be) -> function there. */
  readonly functionArns: Readonly<Record<Region, string>>;
  readonly timeoutSeconds: number;
  /** Its failure hands the failover to a human: before the first change, or else at the end. */
  readonly required: boolean;
}

/** What a hook is given. The same event may come twice: `execution` and `point` together are its name. */
export interface HookEvent {
  readonly application: string; readonly execution: string; readonly incident: string; readonly mode: string; readonly epoch: number;
  readonly point: HookPoint; readonly hook: string; readonly evacuated: Region; readonly survivor: Region;
}

export interface Hooks {
  /** Calls it and waits no longer than so; the answer as JSON, whatever it is. Rejects when there is none, with whose fault that is. */
  call(functionArn: string, event: HookEvent, timeoutSeconds: number): Promise<unknown>;
}

/** What is configured at the points that a workflow passes, so that it calls nothing where there is nothing. */
export interface HooksAt { readonly point: HookPoint; readonly required: boolean }
export const hooksAt = (hooks: readonly HookPlan[] = []): readonly HooksAt[] => HOOK_POINTS.flatMap((point) => {
  const here = hooks.filter((hook) => hook.point === point);
  return here.length === 0 ? [] : [{ point, required: here.some(({ required }) => required) }];
});
