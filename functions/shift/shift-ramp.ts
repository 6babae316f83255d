// A planned move of users, one step of the ramp at a time: the workflow confirms the service between two calls. Never for an outage.
// On the way back the weights are set right first, then the switch and the routing controls let users in, so that nobody is let in at once.
import { holdLease } from '../../domain/authority.ts';
import { TryAgainError, UnexpectedAnswerError } from '../../domain/errors.ts';
import { survivorOf, type ApplicationPlan, type Region, type TrafficPlan } from '../../domain/plan.ts';
import { nextShare, type Share, type Towards } from './ramp.ts';
import { setWeights, turnSwitch, type Move, type ShiftInput, type ShiftPorts } from './ways.ts';
import { shareOf, sharing } from './weights.ts';

export interface RampInput extends ShiftInput { readonly towards: Towards }
/** `more`: another step is to be made after a confirmation. `stands`: nothing was left to be done. */
export interface RampResult { readonly shift: 'moved'; readonly reason: string; readonly more: boolean; readonly stands?: true }

const STEP = 'Shift reads';

export const shiftRamp = (ports: ShiftPorts, plan: ApplicationPlan) =>
  async (input: RampInput): Promise<RampResult> => {
    const { failover, epoch, towards } = input;
    const record = (kind: 'intent' | 'result', summary: string): Promise<void> =>
      ports.journal.record({ execution: failover.execution, application: failover.application, at: ports.clock.now(), step: STEP, epoch, kind, summary });
    const move: Move = { failover, epoch, plan, traffic: plan.traffic, meaning: (summary) => record('intent', `ramp: ${summary}`) };
    const ended = async (reason: string, more: boolean): Promise<RampResult> => {
      await record('result', `ramp: ${reason}`);
      return { shift: 'moved', reason, more };
    };
    const survivor = survivorOf(plan, failover.evacuated);
    const weights = await Promise.all(plan.traffic.map(async (traffic) => (await ports.traffic.read(traffic)).weights));
    const shares = weights.map((current) => shareOf(current, survivor));
    if (towards === 'both' && await isHeldOut(ports, plan, failover.evacuated)) {
      if (shares.some((share) => share !== 100)) return ended(await stepTo(ports, move, survivor, () => 100), true);
      return ended(await letIn(ports, move), true);
    }
    const next = new Map(plan.traffic.map((traffic, index) => [traffic.name, nextShare(traffic, shares[index], towards)]));
    const isPlanned = plan.traffic.every((traffic, index) => sharing(traffic, weights[index] ?? {}, survivor, 'plan').kind === 'done');
    if ([...next.values()].every((share) => share === undefined) || (towards === 'both' && isPlanned)) return { ...await ended(`users are where they should be: ${survivor} has ${shares.join(', ')} %`, false), stands: true };
    const reason = await stepTo(ports, move, survivor, ({ name }) => next.get(name) ?? 100);
    return ended(reason, [...next.values()].some((share) => share !== undefined && share !== 'plan' && (towards === 'both' || share < 100)));
  };

/** Is the region kept out by something else than weights? */
async function isHeldOut(ports: ShiftPorts, plan: ApplicationPlan, evacuated: Region): Promise<boolean> {
  const uses = (strategy: TrafficPlan['strategies'][number]): boolean => plan.traffic.some(({ strategies }) => strategies.includes(strategy));
  if (uses('health-check-switch') && (await ports.switches.read(plan.application)).evacuated === evacuated) return true;
  if (!uses('routing-control') || plan.routingControls === undefined) return false;
  return (await ports.controls.read(plan.routingControls, evacuated))[evacuated] === false;
}

async function letIn(ports: ShiftPorts, move: Move): Promise<string> {
  const { plan, failover, epoch } = move;
  const turned = await turnSwitch(ports, move, undefined);
  if (plan.routingControls === undefined) return turned;
  const open = Object.fromEntries(Object.keys(plan.routingControls.controls).map((region) => [region, true]));
  await move.meaning('routing controls: all on');
  await holdLease(ports, failover, epoch, plan.lease);
  await ports.controls.set(plan.routingControls, open, failover.evacuated);
  return `${turned}; routing controls: all on`;
}

/** Sets the shares and reads them back: an accepted change that is not stored is no step. */
async function stepTo(ports: ShiftPorts, move: Move, survivor: Region, shareFor: (traffic: TrafficPlan) => Share): Promise<string> {
  const reason = await setWeights(ports, move, (traffic, current) => sharing(traffic, current, survivor, shareFor(traffic)));
  for (const traffic of move.traffic) {
    const found = sharing(traffic, (await ports.traffic.read(traffic)).weights, survivor, shareFor(traffic));
    if (found.kind === 'set') throw new TryAgainError(`the step is not stored yet: ${found.reason}`);
    if (found.kind === 'refuse') throw new UnexpectedAnswerError(found.reason);
  }
  return reason;
}
