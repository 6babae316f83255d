// When a health check is healthy. Pure: what each checker saw is given. The rules are those of "How Amazon Route 53
// determines whether a health check is healthy" and of HealthCheckConfig in the API reference.

/** More than 18 % of the checkers must say healthy, so that more than one location agrees (Route 53 developer guide). */
export const HEALTHY_SHARE_MIN = 0.18;

/** One checker's view of the endpoint. It changes its mind after `failureThreshold` equal results in a row. */
export interface CheckerView {
  readonly healthy: boolean;
  /** Results in a row that contradict `healthy`. */
  readonly contrary: number;
}

/** A new health check counts as healthy until there is enough data. */
export const firstView: CheckerView = { healthy: true, contrary: 0 };

/** The view after one more result. */
export function nextView(view: CheckerView, passed: boolean, failureThreshold: number): CheckerView {
  if (passed === view.healthy) return { ...view, contrary: 0 };
  const contrary = view.contrary + 1;
  return contrary >= failureThreshold ? { healthy: passed, contrary: 0 } : { ...view, contrary };
}

/** Do enough checkers see the endpoint healthy? */
export function endpointHealthy(views: readonly CheckerView[]): boolean {
  if (views.length === 0) return true;
  return views.filter((view) => view.healthy).length / views.length > HEALTHY_SHARE_MIN;
}

/** Are at least `threshold` children healthy? 0 is always healthy; more than there are children never is. */
export const calculatedHealthy = (children: readonly boolean[], threshold: number): boolean =>
  children.filter(Boolean).length >= threshold;

/**
 * The status that DNS uses. A disabled check counts as healthy, and inversion comes after: disabled and inverted is
 * unhealthy, which is how a switch is built that needs no endpoint.
 */
export function effectiveHealthy(measured: boolean, { disabled, inverted }: { disabled: boolean; inverted: boolean }): boolean {
  return (disabled || measured) !== inverted;
}
