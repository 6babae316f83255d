// The production verbs by the name of their Lambda, with the contracts that their handlers check. A test may put a broken verb in.
import type * as z from 'zod';
import type { DrillPorts } from '../domain/drill.ts';
import type { FailbackPorts } from '../domain/failback.ts';
import type { FollowUpStore } from '../domain/follow-ups.ts';
import type { RehearsalStore } from '../domain/inventory.ts';
import type { ApplicationPlan, Region } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import * as contract from '../events/contracts.ts';
import * as drill from '../events/contracts-drill.ts';
import * as failback from '../events/contracts-failback.ts';
import { announce } from '../functions/announce/announce.ts';
import { approve } from '../functions/approve/approve.ts';
import { assess } from '../functions/assess/assess.ts';
import { call } from '../functions/call/call.ts';
import { claim } from '../functions/claim/claim.ts';
import { compare } from '../functions/compare/compare.ts';
import { conclude } from '../functions/conclude/conclude.ts';
import { confirm } from '../functions/confirm/confirm.ts';
import { enforce } from '../functions/enforce/enforce.ts';
import { fence } from '../functions/fence/fence.ts';
import { observe } from '../functions/observe/observe.ts';
import { hold } from '../functions/hold/hold.ts';
import { prepare } from '../functions/prepare/prepare.ts';
import { promote } from '../functions/promote/promote.ts';
import { rebuild } from '../functions/rebuild/rebuild.ts';
import { room } from '../functions/scale/room.ts';
import { scale, scaleBack } from '../functions/scale/scale.ts';
import { settle } from '../functions/settle/settle.ts';
import { shiftRamp } from '../functions/shift/shift-ramp.ts';
import { shiftReads } from '../functions/shift/shift-reads.ts';
import { shiftWrites } from '../functions/shift/shift-writes.ts';
import { survey } from '../functions/survey/survey.ts';
import { verify } from '../functions/verify/verify.ts';
import { warm } from '../functions/warm/warm.ts';

export type StepName = 'announce' | 'approve' | 'assess' | 'call' | 'claim' | 'conclude' | 'confirm' | 'fence' | 'hold' | 'prepare' | 'promote' | 'scale' | 'settle' | 'shift' | 'verify' | 'warm' | 'survey' | 'compare' | 'rebuild' | 'observe' | 'enforce';
export type StepRun = (ports: Ports & DrillPorts & FailbackPorts & { readonly rehearsals: RehearsalStore; readonly followUps: Pick<FollowUpStore, 'add'> }, plan: ApplicationPlan, place: Region) => (input: never) => Promise<unknown>;
export interface Step { readonly input: z.ZodType; readonly output: z.ZodType; readonly run: StepRun }
export type Steps = Readonly<Record<StepName, Step>>;

type ScaleInput = z.infer<typeof contract.scaleInput>;
type ShiftInput = z.infer<typeof contract.shiftInput>;

function shift(ports: Ports, plan: ApplicationPlan, input: ShiftInput): Promise<unknown> {
  switch (input.what) {
    case 'reads': return shiftReads(ports, plan)(input);
    case 'writes': return shiftWrites(ports, plan)(input);
    case 'ramp': return shiftRamp(ports, plan)(input);
  }
}

export const productionSteps: Steps = {
  announce: { input: contract.announceInput, output: contract.announceOutput, run: announce },
  approve: { input: contract.approveInput, output: contract.approveOutput, run: approve },
  assess: { input: contract.assessInput, output: contract.assessOutput, run: assess },
  call: { input: contract.callInput, output: contract.callOutput, run: call },
  claim: { input: contract.claimInput, output: contract.claimOutput, run: claim },
  conclude: { input: contract.concludeInput, output: contract.concludeOutput, run: (ports, plan) => conclude(ports, plan) },
  confirm: { input: contract.confirmInput, output: contract.confirmOutput, run: confirm },
  fence: { input: contract.fenceInput, output: contract.fenceOutput, run: fence },
  promote: { input: contract.promoteInput, output: contract.promoteOutput, run: promote },
  hold: { input: drill.holdInput, output: drill.holdOutput, run: hold },
  prepare: { input: drill.prepareInput, output: drill.prepareOutput, run: prepare },
  settle: { input: drill.settleInput, output: contract.settleOutput, run: (ports, plan) => settle(ports, plan) },
  survey: { input: failback.surveyInput, output: failback.surveyOutput, run: survey },
  compare: { input: failback.compareInput, output: failback.compareOutput, run: compare },
  rebuild: { input: failback.rebuildInput, output: failback.rebuildOutput, run: rebuild },
  // As functions/scale/handler.ts wires it.
  scale: { input: contract.scaleInput, output: contract.scaleOutput, run: (ports, plan) => ({ scaled, check, ...input }: ScaleInput) => (check === true ? room(ports, plan)(input) : scaled === undefined ? scale(ports, plan)(input) : scaleBack(ports, plan)({ ...input, scaled })) },
  // As functions/shift/handler.ts wires it.
  shift: { input: contract.shiftInput, output: contract.shiftOutput, run: (ports, plan) => (input: ShiftInput) => shift(ports, plan, input) },
  verify: { input: contract.verifyInput, output: contract.verifyOutput, run: verify },
  warm: { input: contract.warmInput, output: contract.warmOutput, run: warm },
  observe: { input: contract.observeInput, output: contract.observeOutput, run: observe },
  enforce: { input: contract.enforceInput, output: contract.enforceOutput, run: enforce },
};
