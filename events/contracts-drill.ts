// The contract of a drill's own steps, and of the input that starts one: from the command line, by schedule, or by hand.
import * as z from 'zod';
import { DRILL_MODES, DRILL_OUTCOMES } from '../domain/drill.ts';
import { drilling, epoch, failingBack, instant, name, region, scaleOutput } from './contracts.ts';

const mode = z.enum(DRILL_MODES);
const { scaled } = scaleOutput.shape;
const hold = z.number().min(1).max(7200);

/** What `hotshift-drill` is started with. All but the application may be left out. */
export const drillInput = z.strictObject({
  application: name,
  /** `traffic` when absent. A switchover is none of this workflow's: it is a failback's input, `drill`. */
  mode: mode.exclude(['switchover']).exactOptional(),
  /** The region whose turn it is when absent. */
  evacuate: region.exactOptional(),
  /** As the plan says when absent. */
  holdSeconds: hold.exactOptional(),
  requestedBy: z.string().min(1).max(80).exactOptional(),
});

export const prepareInput = z.strictObject({
  application: name, execution: z.string().min(1).max(200), startedAt: instant, mode, evacuate: region.exactOptional(), holdSeconds: hold.exactOptional(),
  requestedBy: z.string().min(1).max(80).exactOptional(),
});
export const prepareOutput = z.strictObject({
  prepared: z.enum(['go', 'refused', 'elsewhere']), reason: z.string(), failover: drilling, mode, holdSeconds: z.number(), scaled,
  load: z.strictObject({ functionArn: z.string(), region, factor: z.number() }).exactOptional(),
});

export const holdInput = z.strictObject({
  failover: z.union([drilling, failingBack]), epoch, phase: z.enum(['scaling', 'step', 'hold', 'return']), since: instant, holdSeconds: z.number(), scaled, hurry: z.boolean(),
});
export const holdOutput = z.discriminatedUnion('hold', [
  z.strictObject({ hold: z.literal('waiting'), reason: z.string(), nextCheckAt: z.string() }),
  z.strictObject({ hold: z.enum(['held', 'tripped']), reason: z.string() }),
]);

export const settleInput = z.strictObject({
  failover: drilling, mode, epoch: epoch.exactOptional(), outcome: z.enum(DRILL_OUTCOMES), step: z.string(), reason: z.string(),
  heldSeconds: z.number().nonnegative(), scaled, begun: z.boolean(),
});

/** What your own load function is sent. It must end by itself after `seconds`, also when nobody stops it. */
export const loadInput = z.strictObject({
  action: z.enum(['start', 'stop']), application: name, execution: z.string(), region, factor: z.number(), seconds: z.number(),
});
