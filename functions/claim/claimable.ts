// May this execution become the one that acts? Pause, another holder, cooldown and a missing acknowledgement each say no.
import type { Failover, Gate } from '../../domain/journal.ts';
import { WAS_LEFT, type Lease, type Permit } from '../../domain/lease.ts';
import type { ApplicationPlan, Instant } from '../../domain/plan.ts';

export type Claim =
  | { readonly kind: 'grant'; readonly next: Lease; readonly gates: readonly Gate[] }
  | { readonly kind: 'adopt'; readonly next: Lease; readonly gates: readonly Gate[] }
  | { readonly kind: 'refuse'; readonly reason: string; readonly gates: readonly Gate[] };

const time = (at: Instant | undefined): string => (at === undefined ? 'none' : new Date(at).toISOString());

/**
 * The gates of a claim, each with what it saw. Cooldown and acknowledgement only stop automatic failovers: a person may go on.
 * `permits`: of all databases. A region that was left looks down for that very reason, its database fenced; to
 * fail over again would take the writes from the survivor for nothing. Only while no permit leads back there: what people did by
 * another way must not leave the region without protection.
 * A failback that died between its fence and its end leaves a region that looks down by our own doing: to fail over would lose what a
 * planned move waits for. Those who started it are at work, and go on by hand.
 */
export function claimable(lease: Lease, failover: Failover, plan: ApplicationPlan, now: Instant, permits: readonly (Permit | undefined)[] = []): Claim {
  const mine = lease.holder === failover.execution;
  // A drill yields: an outage does not wait for an exercise. So does a failback, but not to a failover out of the region that it is just
  // rebuilding: nobody is there, it looks down for that very reason, and what is being made there must not be torn down.
  const isPlanned = failover.mode === 'drill' || failover.mode === 'failback';
  const yields = !isPlanned && (lease.drill === true || (lease.failback === true && lease.evacuated !== failover.evacuated));
  const heldByOther = lease.holder !== undefined && !mine && !yields && lease.expiresAt + plan.permit.clockErrorSeconds * 1000 > now;
  const automatic = failover.mode === 'automatic' || failover.mode === 'drill';
  const isEmpty = lease.left === failover.evacuated && permits.length > 0 && permits.every((permit) => permit !== undefined && permit.writer !== failover.evacuated);
  const isHalfMoved = lease.failback === true && lease.evacuated === failover.evacuated && permits.some((permit) => permit?.withdrawn === true);
  const gates: readonly Gate[] = [
    { gate: 'pause', passed: !(lease.pausedUntil !== undefined && lease.pausedUntil > now), value: time(lease.pausedUntil), threshold: 'not paused', evidence: lease.pausedBy ?? '' },
    { gate: 'lease', passed: !heldByOther, value: lease.holder ?? 'free', threshold: 'free, expired or ours', evidence: `expires ${time(lease.expiresAt)}${yields && lease.holder !== undefined ? `; a ${lease.drill === true ? 'drill' : 'failback'}, which yields` : ''}` },
    { gate: 'cooldown', passed: mine || !automatic || !(lease.cooldownUntil !== undefined && lease.cooldownUntil > now), value: time(lease.cooldownUntil), threshold: 'over' },
    { gate: 'acknowledgement', passed: mine || !(automatic || failover.mode === 'failback') || !lease.acknowledgementDue, value: lease.acknowledgementDue ? 'due' : 'given', threshold: 'the last failover was acknowledged by a person' },
    { gate: 'left', passed: mine || failover.mode !== 'automatic' || !isEmpty, value: lease.left ?? 'none', threshold: 'not the region that the last failover left' },
    { gate: 'planned move', passed: mine || failover.mode !== 'automatic' || !isHalfMoved, value: isHalfMoved ? lease.holder ?? 'unknown' : 'none', threshold: 'none that ended half-way' },
  ];
  const refused = gates.filter((gate) => !gate.passed);
  if (refused.length > 0) {
    return { kind: 'refuse', gates, reason: refused.map((gate) => refusal(gate, lease)).join('; ') };
  }
  const expiresAt = now + plan.lease.ttlSeconds * 1000;
  // A failback that goes on to its next half leaves another region.
  if (mine) return { kind: 'adopt', gates, next: { ...lease, expiresAt, ...(failover.mode === 'failback' ? { evacuated: failover.evacuated } : {}) } };
  // Whom a person asked to stop stays named: another execution's lease takes that word back from nobody.
  const { drill: _drill, failback: _failback, takenOverAt: _takenOverAt, ...kept } = lease;
  const tookOver = yields && lease.holder !== undefined ? { takenOverAt: now } : {};
  const drill = failover.mode === 'drill' ? { drill: true } : failover.mode === 'failback' ? { failback: true } : {};
  const next: Lease = { ...kept, epoch: lease.epoch + 1, holder: failover.execution, expiresAt, incident: failover.incident, evacuated: failover.evacuated, ...drill, ...tookOver };
  return { kind: 'grant', gates, next };
}

function refusal(gate: Gate, lease: Lease): string {
  switch (gate.gate) {
    case 'pause': return `paused by ${lease.pausedBy ?? 'a person'} until ${gate.value}`;
    case 'lease': return `${gate.value} holds the lease for incident ${lease.incident ?? 'unknown'}, ${gate.evidence ?? ''}`;
    case 'cooldown': return `cooling down until ${gate.value} after the last failover`;
    case 'left': return `${gate.value} ${WAS_LEFT} (hotshift failback): neither writer nor users are there`;
    case 'planned move': return `${gate.value} was moving the writes out of ${lease.evacuated ?? 'unknown'} by plan and ended half-way: go on with hotshift failback, or by hand with hotshift failover`;
    default: return 'the last failover has not been acknowledged by a person (hotshift ack)';
  }
}
