// Rules about time: probes, evidence, permits, leases, budgets. Each keeps an order between two numbers that safety rests on.
import type { ApplicationPlan } from '../domain/plan.ts';
import { stepSecondsMax } from './config-fill.ts';
import { error, warning, type RuleIssue } from './config-rule.ts';

export const timingRules = (plan: ApplicationPlan): readonly RuleIssue[] =>
  [...detectionRules(plan), ...evidenceRules(plan), ...quorumRules(plan), ...leaseRules(plan), ...budgetRules(plan), ...policyRules(plan), ...lengthRules(plan)];

function detectionRules({ detection: plan }: ApplicationPlan): readonly RuleIssue[] {
  const interval = ['detection', 'probeIntervalSeconds'];
  const timeout = ['detection', 'probeTimeoutSeconds'];
  return [
    ...when(plan.probeTimeoutSeconds >= plan.probeIntervalSeconds, () => error(timeout,
      `the probe time-out (${plan.probeTimeoutSeconds}s) is not shorter than the interval (${plan.probeIntervalSeconds}s): probes would pile up`,
      `set probeTimeout below ${plan.probeIntervalSeconds}s, or probeInterval above ${plan.probeTimeoutSeconds}s`, [interval])),
    ...when(plan.slowSeconds >= plan.probeTimeoutSeconds, () => error(['detection', 'slowSeconds'],
      `slow (${plan.slowSeconds}s) is not shorter than the probe time-out (${plan.probeTimeoutSeconds}s): no answer could ever be slow`,
      `set slow below ${plan.probeTimeoutSeconds}s`, [timeout])),
    ...when(plan.failuresToSuspect === 1, () => warning(['detection', 'failuresToSuspect'],
      'one lost packet is enough to suspect an outage', 'set failuresToSuspect to 2 or more')),
    ...when(plan.suspicionRepeatSeconds < plan.probeIntervalSeconds, () => warning(['detection', 'suspicionRepeatSeconds'],
      `a suspicion is repeated more often (${plan.suspicionRepeatSeconds}s) than probes run (${plan.probeIntervalSeconds}s)`, 'set suspicionRepeat to the probe interval or more')),
  ];
}

function evidenceRules({ detection: plan, permit }: ApplicationPlan): readonly RuleIssue[] {
  const runSeconds = round(plan.probeIntervalSeconds * plan.failuresToSuspect);
  const lapseSeconds = round(permit.ttlSeconds + permit.clockErrorSeconds);
  return [
    ...when(plan.evidenceAgeSecondsMax < runSeconds, () => error(['detection', 'evidenceAgeSecondsMax'],
      `evidence gets too old (${plan.evidenceAgeSecondsMax}s) before an outage can be suspected (${plan.failuresToSuspect} failures, ${plan.probeIntervalSeconds}s apart: ${runSeconds}s)`,
      `set evidenceAge to ${runSeconds}s or more`, [['detection', 'probeIntervalSeconds'], ['detection', 'failuresToSuspect']])),
    ...when(lapseSeconds > plan.evidenceAgeSecondsMax, () => error(['permit', 'ttlSeconds'],
      `a permit may outlive (${lapseSeconds}s with the clock error) the evidence that condemns its region (${plan.evidenceAgeSecondsMax}s)`,
      `set permit.ttl and clockError to at most ${plan.evidenceAgeSecondsMax}s together`, [['permit', 'clockErrorSeconds'], ['detection', 'evidenceAgeSecondsMax']])),
    ...when(permit.clockErrorSeconds >= permit.ttlSeconds, () => error(['permit', 'clockErrorSeconds'],
      `the clock error (${permit.clockErrorSeconds}s) is not below the permit's TTL (${permit.ttlSeconds}s): a permit could be void when it arrives`,
      'set clockError below permit.ttl', [['permit', 'ttlSeconds']])),
    ...when(plan.evidenceWaitSeconds < runSeconds, () => warning(['detection', 'evidenceWaitSeconds'],
      `verification stands down after ${plan.evidenceWaitSeconds}s, before the other vantage points can have ${plan.failuresToSuspect} failures (${runSeconds}s)`,
      `set evidenceWait to ${runSeconds}s or more`)),
  ];
}

function quorumRules({ detection: { quorum } }: ApplicationPlan): readonly RuleIssue[] {
  const path = ['detection', 'quorum'];
  // The pair and the witness.
  const vantagePoints = 3;
  if (quorum > vantagePoints) return [error(path, `a quorum of ${quorum} cannot be reached: there are ${vantagePoints} vantage points`, 'set quorum to 2')];
  if (quorum < 2) return [error(path, `a quorum of ${quorum} is no independent confirmation: one sick vantage point could move everything`, 'set quorum to 2')];
  if (quorum < vantagePoints) return [];
  return [warning(path, 'a quorum of 3 needs the vote of the vantage point in the dead region, which will often be silent: most outages would stay undecided', 'set quorum to 2')];
}

function leaseRules(plan: ApplicationPlan): readonly RuleIssue[] {
  const { lease, warm } = plan;
  const warmSeconds = round(Math.ceil(warm.paths.length / warm.concurrency) * warm.timeoutSeconds);
  const steps = [
    { what: 'a step', seconds: stepSecondsMax, related: [] },
    { what: 'warming the survivor', seconds: warmSeconds, related: [['warm', 'paths'], ['warm', 'concurrency'], ['warm', 'timeoutSeconds']] },
    { what: 'the wait for permits to lapse', seconds: round(plan.permit.ttlSeconds + plan.permit.clockErrorSeconds), related: [['permit', 'ttlSeconds'], ['permit', 'clockErrorSeconds']] },
  ];
  const longest = steps.reduce((left, right) => (right.seconds > left.seconds ? right : left));
  const neededSeconds = round(longest.seconds + lease.marginSeconds);
  return [
    ...when(lease.ttlSeconds < neededSeconds, () => error(['lease', 'ttlSeconds'],
      `the lease (${lease.ttlSeconds}s) is shorter than its longest step (${longest.what}, ${longest.seconds}s) and the margin (${lease.marginSeconds}s)`,
      `set lease.ttl to ${neededSeconds}s or more`, [['lease', 'marginSeconds'], ...longest.related])),
    ...when(warmSeconds > stepSecondsMax, () => error(['warm', 'timeoutSeconds'],
      `warming may take ${warmSeconds}s (${warm.paths.length} paths, ${warm.concurrency} at a time, ${warm.timeoutSeconds}s each); a step has ${stepSecondsMax}s`,
      'warm fewer paths, more at a time, or give up on each sooner', [['warm', 'paths'], ['warm', 'concurrency']])),
  ];
}

function budgetRules(plan: ApplicationPlan): readonly RuleIssue[] {
  const { detection, budgets, policy } = plan;
  const dnsSeconds = Math.max(0, ...plan.traffic.map((traffic) => traffic.ttlSeconds));
  const leastSeconds = round(detection.probeIntervalSeconds * detection.failuresToSuspect + detection.probeTimeoutSeconds + dnsSeconds);
  return [
    ...when(policy.cooldownSeconds < budgets.rtoSeconds, () => error(['policy', 'cooldownSeconds'],
      `the cooldown (${policy.cooldownSeconds}s) is shorter than the RTO (${budgets.rtoSeconds}s): a second failover could start while the first is still allowed to run`,
      `set cooldown to ${budgets.rtoSeconds}s or more`, [['budgets', 'rtoSeconds']])),
    ...when(detection.databaseOutageSeconds >= budgets.rtoSeconds, () => warning(['detection', 'databaseOutageSeconds'],
      `a region that answers without its database is given ${detection.databaseOutageSeconds}s, which is the whole RTO (${budgets.rtoSeconds}s)`, 'set databaseOutage to the time that RDS takes to move the instance to another zone (60 to 120 s), or 0s if it has none')),
    ...when(leastSeconds > budgets.rtoSeconds, () => warning(['budgets', 'rtoSeconds'],
      `the RTO (${budgets.rtoSeconds}s) cannot be met: detection and DNS alone take ${leastSeconds}s`, 'raise rto, or lower the probe interval or the TTL')),
    ...when(budgets.rpoSeconds < 1, () => warning(['budgets', 'rpoSeconds'],
      `an asynchronous replica is rarely less than a second behind: with an RPO of ${budgets.rpoSeconds}s nearly every failover goes to a human`, 'set rpo to 1s or more')),
  ];
}

function policyRules({ policy, budgets, permit }: ApplicationPlan): readonly RuleIssue[] {
  return [
    ...when(policy.approval === 'required' && policy.approvalTimeoutSeconds >= budgets.rtoSeconds, () => warning(['policy', 'approvalTimeoutSeconds'],
      `waiting for an approval (${policy.approvalTimeoutSeconds}s) may spend the whole RTO (${budgets.rtoSeconds}s)`, 'lower approvalTimeout or raise rto')),
    ...when(policy.approval === 'required' && policy.approvalDefault === 'proceed', () => warning(['policy', 'approvalDefault'],
      'a failover proceeds when nobody answers', 'keep "hold" unless that is what you want')),
    ...when(policy.unprovenFence === 'proceed', () => warning(['policy', 'unprovenFence'],
      'a replica is promoted even when nothing proves that the old writer is fenced: there may be two writers', 'keep "hand-over" unless losing writes is cheaper than waiting')),
    ...when(!permit.enforced, () => warning(['permit', 'enforced'],
      'the application checks no write permits: a region that cannot be reached cannot be fenced, and such a failover goes to a human', 'use guard/ in the application and set enforced to true')),
  ];
}

/** An execution that Step Functions ends by its own time limit skips its conclusion: nobody would be told, and the lease would lapse. */
function lengthRules({ detection, policy, budgets, databases }: ApplicationPlan): readonly RuleIssue[] {
  const slowest = databases.reduce<(typeof databases)[number] | undefined>((left, right) => (left !== undefined && left.promoteTimeoutSeconds >= right.promoteTimeoutSeconds ? left : right), undefined);
  const approvalSeconds = policy.approval === 'required' ? policy.approvalTimeoutSeconds : 0;
  const promoteSeconds = slowest?.promoteTimeoutSeconds ?? 0;
  // Verified twice when somebody is asked; then the fence, the promotion and the records, each at most as long as its own bound.
  const neededSeconds = round(2 * detection.evidenceWaitSeconds + approvalSeconds + 1.1 * budgets.rtoSeconds + promoteSeconds + concludingSeconds);
  if (neededSeconds <= executionSecondsMax) return [];
  const approval = ['policy', 'approvalTimeoutSeconds'];
  const promote = ['databases', slowest?.name ?? '', 'promoteTimeoutSeconds'];
  const [field, other] = approvalSeconds > promoteSeconds ? [approval, promote] : [promote, approval];
  return [error(field,
    `an execution may need ${neededSeconds}s (an approval of ${approvalSeconds}s, a promotion of ${promoteSeconds}s, twice the evidence wait, the RTO and ${concludingSeconds}s to conclude); it is ended after ${executionSecondsMax}s`,
    `take ${round(neededSeconds - executionSecondsMax)}s off policy.approvalTimeout, databases.${slowest?.name ?? ''}.promoteTimeout or budgets.rto`, [other, ['budgets', 'rtoSeconds']])];
}

/** TimeoutSeconds of statemachines/failover.asl.yaml; a test compares. */
export const executionSecondsMax = 7200;
/** Warming, confirming, concluding and telling, with their retries. */
const concludingSeconds = 300;

const when = (broken: boolean, issue: () => RuleIssue): readonly RuleIssue[] => (broken ? [issue()] : []);
const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;
