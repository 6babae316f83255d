// May this execution become the one that acts? Pause, another holder, cooldown and a missing acknowledgement each say no.
import type { Failover, Gate } from '../../domain/journal.ts';
import type { Lease } from '../../domain/lease.ts';
import type { ApplicationPlan, Instant } from '../../domain/plan.ts';

export type Claim =
  | { readonly kind: 'grant'; readonly next: Lease; readonly gates: readonly Gate[] }
  | { readonly kind: 'adopt'; readonly next: Lease; readonly gates: readonly Gate[] }
  | { readonly kind: 'refuse'; readonly reason: string; readonly gates: readonly Gate[] };

const time = (at: Instant | undefined): string => (at === undefined ? 'none' : new Date(at).toISOString());

/** The gates of a claim, each with what it saw. Cooldown and acknowledgement only stop automatic failovers: a person may go on. */
export function claimable(lease: Lease, failover: Failover, plan: ApplicationPlan, now: Instant): Claim {
  const mine = lease.holder === failover.execution;
  const heldByOther = lease.holder !== undefined && !mine && lease.expiresAt + plan.permit.clockErrorSeconds * 1000 > now;
  const automatic = failover.mode === 'automatic';
  const gates: readonly Gate[] = [
    { gate: 'pause', passed: !(lease.pausedUntil !== undefined && lease.pausedUntil > now), value: time(lease.pausedUntil), threshold: 'not paused', evidence: lease.pausedBy ?? '' },
    { gate: 'lease', passed: !heldByOther, value: lease.holder ?? 'free', threshold: 'free, expired or ours', evidence: `expires ${time(lease.expiresAt)}` },
    { gate: 'cooldown', passed: mine || !automatic || !(lease.cooldownUntil !== undefined && lease.cooldownUntil > now), value: time(lease.cooldownUntil), threshold: 'over' },
    { gate: 'acknowledgement', passed: mine || !automatic || !lease.acknowledgementDue, value: lease.acknowledgementDue ? 'due' : 'given', threshold: 'the last failover was acknowledged by a person' },
  ];
  const refused = gates.filter((gate) => !gate.passed);
  if (refused.length > 0) {
    return { kind: 'refuse', gates, reason: refused.map((gate) => refusal(gate, lease)).join('; ') };
  }
  const expiresAt = now + plan.lease.ttlSeconds * 1000;
  if (mine) return { kind: 'adopt', gates, next: { ...lease, expiresAt } };
  const { abortExecution: _aborted, ...kept } = lease;
  const next: Lease = { ...kept, epoch: lease.epoch + 1, holder: failover.execution, expiresAt, incident: failover.incident, evacuated: failover.evacuated };
  return { kind: 'grant', gates, next };
}

function refusal(gate: Gate, lease: Lease): string {
  switch (gate.gate) {
    case 'pause': return `paused by ${lease.pausedBy ?? 'a person'} until ${gate.value}`;
    case 'lease': return `${gate.value} holds the lease for incident ${lease.incident ?? 'unknown'}, ${gate.evidence ?? ''}`;
    case 'cooldown': return `cooling down until ${gate.value} after the last failover`;
    default: return 'the last failover has not been acknowledged by a person (hotshift ack)';
  }
}
