// The production rules, asked in the model's terms: a state is turned into what a rule reads, its answer into what the model does.
// Nothing is decided here. A removed guard hides from the rule what that guard looks at.
import { authority } from '../../domain/authority.ts';
import { acknowledge, pause, resume } from '../../domain/control.ts';
import { readiness } from '../../functions/assess/readiness.ts';
import { claimable } from '../../functions/claim/claimable.ts';
import { released } from '../../functions/conclude/conclusion.ts';
import { locking } from '../../functions/enforce/locking.ts';
import { fencing } from '../../functions/fence/fencing.ts';
import { permission } from '../../functions/promote/permission.ts';
import { promotion } from '../../functions/promote/promotion.ts';
import { permitAt } from '../../guard/permit.ts';
import type { Removed } from './guards.ts';
import type { Setting } from './settings.ts';
import { ASKED_LONG_AGO, at, database, factsOf, failoverOf, instanceOf, intentOf, leaseOf, moment, nameOf, permitOf, planOf, REGION_A, regionOf, SEEN, stateOfLease, TICK_MS } from './terms.ts';
import { otherOf, RENEWED_LONG_AGO, TICKS, type DatabaseState, type LeaseState, type OrderState, type PermitState, type Side } from './state.ts';

export interface Rules {
  claim(lease: LeaseState, execution: number, clock: number): LeaseState | undefined;
  mayAct(lease: LeaseState, execution: number, epoch: number, clock: number): 'granted' | 'lost' | 'stopped';
  extended(lease: LeaseState, clock: number): LeaseState;
  released(lease: LeaseState, execution: number, outcome: 'Failed over' | 'Stood down' | 'Handed to a human', clock: number): LeaseState | undefined;
  survivorReady(order: OrderState | undefined, survivor: Side, facts: DatabaseState): boolean;
  fenced(permit: PermitState, order: OrderState, evacuated: Side, clock: number): 'fenced' | 'wait' | 'unproven';
  nextOfPromotion(facts: DatabaseState, isReplica: boolean, asked: boolean, recently: boolean): 'start' | 'wait' | 'probe' | 'stuck';
  mayPromote(permit: PermitState, order: OrderState | undefined, evacuated: Side, epoch: number, clock: number): boolean;
  mustClose(order: OrderState, side: Side, closed: boolean): boolean;
  holds(ticksLeft: number): boolean;
  paused(lease: LeaseState): LeaseState | undefined;
  resumed(lease: LeaseState): LeaseState | undefined;
  acknowledged(lease: LeaseState): LeaseState | undefined;
}

/** The rules under the plan of a setting. Answers are kept and shared: whoever gets one must not change it. */
export function rulesOf(setting: Setting, removed: Removed): Rules {
  const asked = askedRules(setting, removed);
  const holds = new Map(Array.from({ length: 2 * TICKS.permit + 1 }, (_, index) => [index - TICKS.permit, asked.holds(index - TICKS.permit)]));
  const entries = Object.entries(asked).map(([name, rule]) => [name, remembered(rule as (...given: readonly unknown[]) => unknown)]);
  return { ...(Object.fromEntries(entries) as unknown as Rules), holds: (left) => holds.get(left) ?? asked.holds(left) };
}

/** The same question has the same answer: the rules are pure. */
function remembered(rule: (...given: readonly unknown[]) => unknown): (...given: readonly unknown[]) => unknown {
  const answers = new Map<string, unknown>();
  return (...given) => {
    const question = JSON.stringify(given);
    if (answers.has(question)) return answers.get(question);
    const answer = rule(...given);
    answers.set(question, answer);
    return answer;
  };
}

function askedRules(setting: Setting, removed: Removed): Rules {
  const plan = planOf(setting, removed.has('lease margin') ? { margin: 0 } : {});
  const claimPlan = removed.has('clock error in the claim') ? planOf(setting, { clockError: 0 }) : plan;
  const waitPlan = planOf(setting, { ...(removed.has('clock error in the wait') ? { clockError: 0 } : {}), ...(removed.has('permit life in the wait') ? { permit: 0 } : {}) });
  const seenPermit = (permit: PermitState): PermitState => (removed.has('withdrawal read back') ? { ...permit, withdrawn: true } : permit);
  const lapsed = (permit: PermitState): PermitState => ({ ...permit, renewed: { A: RENEWED_LONG_AGO, B: RENEWED_LONG_AGO } });
  return {
    claim(lease, execution, clock) {
      const shown = {
        ...lease, holder: removed.has('claim waits for the holder') && lease.holder !== execution ? 0 : lease.holder, paused: removed.has('pause at the claim') ? 0 : lease.paused,
        cooling: removed.has('cooldown') ? 0 : lease.cooling, ackDue: lease.ackDue && !removed.has('acknowledgement'),
      };
      const decision = claimable(leaseOf(shown), failoverOf(setting, execution), claimPlan, at(clock));
      return decision.kind === 'refuse' ? undefined : { ...stateOfLease(decision.next), cooling: lease.cooling, ackDue: lease.ackDue, paused: lease.paused };
    },
    mayAct(lease, execution, epoch, clock) {
      const shown = {
        ...lease, epoch: removed.has('epoch check') ? epoch : lease.epoch, holder: removed.has('holder check') ? execution : lease.holder,
        paused: removed.has('pause at each mutation') ? 0 : lease.paused,
      };
      return authority(leaseOf(shown), nameOf(execution), epoch, plan.lease, at(clock)).kind;
    },
    extended: (lease, clock) => (removed.has('lease extended') ? lease : { ...lease, left: clock + setting.leaseTicks }),
    released(lease, execution, outcome, clock) {
      const next = released(leaseOf(lease), nameOf(execution), outcome, plan, at(clock));
      return next === undefined ? undefined : stateOfLease(next);
    },
    survivorReady(order, survivor, facts) {
      const shown = removed.has('order gate at the assessment') ? undefined : order;
      const view = { instance: instanceOf(facts, true), facts: factsOf(facts), trouble: '', ...(shown === undefined ? {} : { order: intentOf(shown, survivor) }) };
      return readiness(database, view, SEEN, plan, regionOf(otherOf(survivor))).ready;
    },
    fenced(permit, order, evacuated, clock) {
      const shown = removed.has('permit wait at the fence') ? lapsed(seenPermit(permit)) : seenPermit(permit);
      return fencing(permitOf(shown), intentOf(order, evacuated), waitPlan, at(clock), at(order.recordedAt)).kind;
    },
    nextOfPromotion(facts, isReplica, asked, recently) {
      const next = promotion(factsOf(facts), instanceOf(facts, isReplica), asked ? at(recently ? 0 : -ASKED_LONG_AGO) : undefined, at(ASKED_LONG_AGO), database, at(0)).kind;
      // Nobody but the executions moves a database here, so that nothing is adopted.
      return next === 'adopt' ? 'wait' : next;
    },
    mayPromote(permit, order, evacuated, epoch, clock) {
      const shown = removed.has('permit wait at the promotion') ? lapsed(seenPermit(permit)) : seenPermit(permit);
      const intent = order === undefined ? undefined : intentOf(order, evacuated);
      const gates = permission({ permit: permitOf(shown), intent, facts: factsOf({ recovering: true }), observations: SEEN }, waitPlan, regionOf(evacuated), epoch, at(clock));
      return gates.every((gate) => gate.passed || (gate.gate === 'fence intent' && removed.has('order gate at the promotion')));
    },
    mustClose: (order, side, closed) => locking(intentOf(order, side), closed).kind === 'close',
    holds: (ticksLeft) => permitAt({ newestAnswered: 0, epochSeen: 0, reason: '', held: { epoch: 0, writer: REGION_A, since: moment(ticksLeft - TICKS.permit) } }, moment(0), TICKS.permit * TICK_MS).writable,
    paused: (lease) => changed(pause(leaseOf(lease), at(TICKS.pause), 'a person', at(0))),
    resumed: (lease) => changed(resume(leaseOf(lease), 'a person', at(0))),
    acknowledged: (lease) => changed(acknowledge(leaseOf(lease), 'a person', at(0))),
  };
}

function changed(change: ReturnType<typeof pause>): LeaseState | undefined {
  return change.kind === 'change' ? stateOfLease(change.next) : undefined;
}
