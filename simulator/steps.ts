// The production verbs by the name of their Lambda, with the contracts that their handlers check. A test may put a broken verb in.
import type * as z from 'zod';
import type { ApplicationPlan, Region } from '../domain/plan.ts';
import type { Ports } from '../domain/ports.ts';
import * as contract from '../events/contracts.ts';
import { announce } from '../functions/announce/announce.ts';
import { approve } from '../functions/approve/approve.ts';
import { assess } from '../functions/assess/assess.ts';
import { claim } from '../functions/claim/claim.ts';
import { conclude } from '../functions/conclude/conclude.ts';
import { confirm } from '../functions/confirm/confirm.ts';
import { enforce } from '../functions/enforce/enforce.ts';
import { fence } from '../functions/fence/fence.ts';
import { observe } from '../functions/observe/observe.ts';
import { promote } from '../functions/promote/promote.ts';
import { scale } from '../functions/scale/scale.ts';
import { shiftReads } from '../functions/shift/shift-reads.ts';
import { shiftWrites } from '../functions/shift/shift-writes.ts';
import { verify } from '../functions/verify/verify.ts';
import { warm } from '../functions/warm/warm.ts';

export type StepName = 'announce' | 'approve' | 'assess' | 'claim' | 'conclude' | 'confirm' | 'fence' | 'promote' | 'scale' | 'shift' | 'verify' | 'warm' | 'observe' | 'enforce';
export type StepRun = (ports: Ports, plan: ApplicationPlan, place: Region) => (input: never) => Promise<unknown>;
export interface Step { readonly input: z.ZodType; readonly output: z.ZodType; readonly run: StepRun }
export type Steps = Readonly<Record<StepName, Step>>;

type ShiftInput = z.infer<typeof contract.shiftInput>;

export const productionSteps: Steps = {
  announce: { input: contract.announceInput, output: contract.announceOutput, run: announce },
  approve: { input: contract.approveInput, output: contract.approveOutput, run: approve },
  assess: { input: contract.assessInput, output: contract.assessOutput, run: assess },
  claim: { input: contract.claimInput, output: contract.claimOutput, run: claim },
  conclude: { input: contract.concludeInput, output: contract.concludeOutput, run: conclude },
  confirm: { input: contract.confirmInput, output: contract.confirmOutput, run: confirm },
  fence: { input: contract.fenceInput, output: contract.fenceOutput, run: fence },
  promote: { input: contract.promoteInput, output: contract.promoteOutput, run: promote },
  scale: { input: contract.scaleInput, output: contract.scaleOutput, run: scale },
  // As functions/shift/handler.ts wires it.
  shift: { input: contract.shiftInput, output: contract.shiftOutput, run: (ports, plan) => (input: ShiftInput) => (input.what === 'reads' ? shiftReads(ports, plan)(input) : shiftWrites(ports, plan)(input)) },
  verify: { input: contract.verifyInput, output: contract.verifyOutput, run: verify },
  warm: { input: contract.warmInput, output: contract.warmOutput, run: warm },
  observe: { input: contract.observeInput, output: contract.observeOutput, run: observe },
  enforce: { input: contract.enforceInput, output: contract.enforceOutput, run: enforce },
};
