// The contract of every event and every step: what goes in and what comes out, checked at the border of each Lambda.
import * as z from 'zod';
import { DRILL_MODES, DRILL_OUTCOMES } from '../domain/drill.ts';
import { HOOK_POINTS } from '../domain/hooks.ts';

export const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region name such as us-east-1');
export const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens');
export const instant = z.number().int().nonnegative();
export const epoch = z.number().int().positive();

/** The part that every step of a workflow is given. */
export const failover = z.strictObject({
  application: name,
  execution: z.string().min(1).max(200),
  evacuated: region,
  incident: z.string().min(1).max(120),
  mode: z.enum(['automatic', 'manual']),
  startedAt: instant,
  requestedBy: z.string().max(80).exactOptional(),
});

/** The same of a drill. Only the steps that move users and capacity take it: no drill reaches a database, a permit or a fence (I16). */
export const drilling = failover.extend({ mode: z.literal('drill'), returning: z.boolean().exactOptional() });
/** Of a failback: the steps that move the writer, users and capacity take it, in whichever direction. */
export const failingBack = failover.extend({ mode: z.literal('failback') });
const either = z.union([failover, drilling, failingBack]);
const moving = z.union([failover, failingBack]);

/** `detail` of the suspicion event, and the input of the workflow after EventBridge's envelope is taken off. */
export const suspicion = z.strictObject({
  application: name,
  region,
  vantagePoint: region,
  incident: z.string().min(1).max(120),
  since: instant,
  reason: z.string().max(500),
});

const votes = z.strictObject({
  down: z.number(), healthy: z.number(), abstained: z.number(), silent: z.number(), needed: z.number(), of: z.number(),
});
export const verdict = z.strictObject({ kind: z.enum(['down', 'healthy', 'undecided']), reason: z.string(), votes, final: z.boolean() });

/** `unlessWatched`: an alarm or an event of AWS asks to look, which is needed only where the agent is not at work already. */
export const observeInput = z.strictObject({ application: name, runSeconds: z.number().positive().max(900), unlessWatched: z.boolean().optional() });
export const observeOutput = z.strictObject({ rounds: z.number(), suspicions: z.number() });

export const enforceInput = z.strictObject({ application: name, runSeconds: z.number().positive().max(900) });
export const enforceOutput = z.strictObject({ rounds: z.number(), fenced: z.array(z.string()) });

export const watchInput = z.strictObject({ application: name, runSeconds: z.number().positive().max(900) });
export const watchOutput = z.strictObject({ rounds: z.number(), paged: z.array(z.string()) });

/** The part of a function URL's event that is read. */
export const answerInput = z.object({ rawPath: z.string().max(500) });
export const answerOutput = z.strictObject({ statusCode: z.number().int(), headers: z.record(z.string(), z.string()), body: z.string() });

/** What Slack sends to the function's URL. Its form is looked at after its signature. */
export const hearInput = z.object({
  headers: z.record(z.string(), z.string()), body: z.string().optional(), isBase64Encoded: z.boolean().optional(),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
});
export const hearOutput = answerOutput;

export const rehearseInput = z.strictObject({ application: name, runSeconds: z.number().positive().max(900) });

export const verifyInput = z.strictObject({ failover });
export const verifyOutput = z.strictObject({ verdict, nextCheckAt: z.string().optional() });

export const claimInput = z.strictObject({ failover: either });
export const claimOutput = z.discriminatedUnion('claimed', [
  z.strictObject({ claimed: z.literal(true), epoch, reason: z.string() }),
  /** `joined`: another execution is at work on the same incident, or ended and waits to be acknowledged: nobody needs to be told again. */
  z.strictObject({ claimed: z.literal(false), reason: z.string(), joined: z.boolean() }),
]);

/** Points at which hooks are configured: elsewhere nothing is called. */
export const hooks = z.array(z.strictObject({ point: z.enum(HOOK_POINTS), required: z.boolean() }));

export const assessInput = z.strictObject({ failover, epoch });
export const assessOutput = z.strictObject({
  safe: z.boolean(), reason: z.string(), recovered: z.boolean(),
  approval: z.strictObject({ needed: z.boolean(), timeoutSeconds: z.number().int().positive(), default: z.enum(['hold', 'proceed', 'abort']), exposureSeconds: z.number().nonnegative().exactOptional() }),
  databases: z.array(z.strictObject({ database: name, ready: z.boolean(), reason: z.string() })),
  hooks: hooks.exactOptional(),
});

/** `exposureSeconds`: null when it is not known, and absent in executions that began under an older definition. */
export const approveInput = z.strictObject({ failover, epoch, taskToken: z.string().min(1).max(2048), summary: z.string(), exposureSeconds: z.number().nonnegative().nullable().default(null) });
export const approveOutput = z.strictObject({ asked: z.literal(true) });

export const fenceInput = z.strictObject({ failover: moving, epoch, database: name });
export const fenceOutput = z.discriminatedUnion('fence', [
  z.strictObject({ fence: z.literal('fenced'), proof: z.string() }),
  z.strictObject({ fence: z.literal('waiting'), reason: z.string(), nextCheckAt: z.string() }),
  z.strictObject({ fence: z.literal('unproven'), reason: z.string() }),
]);

const lossWindow = z.strictObject({ from: instant, to: instant, seconds: z.number() });
export const promoteInput = z.strictObject({ failover: moving, epoch, database: name });
export const promoteOutput = z.discriminatedUnion('promotion', [
  z.strictObject({ promotion: z.literal('waiting'), reason: z.string(), nextCheckAt: z.string() }),
  z.strictObject({ promotion: z.literal('writable'), reason: z.string(), lossWindow }),
  z.strictObject({ promotion: z.literal('refused'), reason: z.string() }),
]);

export const shiftInput = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('reads'), failover, epoch }),
  z.strictObject({ what: z.literal('writes'), failover: moving, epoch, database: name }),
  /** Planned moves only: one step towards the survivor, or back to both regions. */
  z.strictObject({ what: z.literal('ramp'), failover: either, epoch, towards: z.enum(['survivor', 'both']) }),
]);
export const shiftOutput = z.discriminatedUnion('shift', [
  z.strictObject({
    shift: z.literal('moved'), reason: z.string(),
    /** What people should know although it worked: something that is to be aligned later. */
    remark: z.string().exactOptional(),
    /** Of a ramp: another step is to be made after a confirmation. */
    more: z.boolean().exactOptional(),
    /** Of a ramp: nothing was left to be done. */
    stands: z.literal(true).exactOptional(),
  }),
  z.strictObject({ shift: z.literal('waiting'), reason: z.string(), nextCheckAt: z.string() }),
  z.strictObject({ shift: z.literal('unseen'), reason: z.string() }),
]);

const scaled = z.array(z.strictObject({ name, from: z.number(), to: z.number(), reason: z.string() }));
/** `scaled`: what a drill had changed and takes back. `check`: only look whether there is room by now. */
export const scaleInput = z.strictObject({ failover: either, epoch, scaled: scaled.exactOptional(), check: z.literal(true).exactOptional() });
/** `shortage`: what is missing, and why; it is told and stops nothing. */
export const scaleOutput = z.strictObject({ scaled, shortage: z.string().exactOptional() });

export const callInput = z.strictObject({ failover: moving, epoch, point: z.enum(HOOK_POINTS) });
/** `passed`: nothing that is required has failed. */
export const callOutput = z.strictObject({ passed: z.boolean(), reason: z.string() });

export const warmInput = z.strictObject({ failover: moving, epoch });
/** `remark`: what the application was not told. */
export const warmOutput = z.strictObject({ fetched: z.number(), failed: z.number(), remark: z.string().exactOptional() });

export const confirmInput = z.strictObject({ failover: moving, epoch });
export const confirmOutput = z.discriminatedUnion('service', [
  z.strictObject({ service: z.literal('confirmed'), reason: z.string() }),
  z.strictObject({ service: z.literal('waiting'), reason: z.string(), nextCheckAt: z.string() }),
  z.strictObject({ service: z.literal('unconfirmed'), reason: z.string() }),
]);

const outcome = z.enum(['Failed over', 'Stood down', 'Handed to a human', 'Failed back', 'Failback yielded']);
export const concludeInput = z.strictObject({
  failover: moving,
  epoch: epoch.optional(),
  outcome,
  step: z.string(),
  reason: z.string(),
  lossWindows: z.array(lossWindow).optional(),
});
export const concludeOutput = z.strictObject({
  outcome,
  step: z.string(), reason: z.string(), epoch: epoch.optional(), seconds: z.number(), lossWindow: lossWindow.optional(), runbook: z.string(),
});

const settled = z.strictObject({
  mode: z.enum(DRILL_MODES), outcome: z.enum(DRILL_OUTCOMES), step: z.string(), reason: z.string(), seconds: z.number(), heldSeconds: z.number().nonnegative(), runbook: z.string(),
});
export const settleOutput = settled;

export const announceInput = z.discriminatedUnion('moment', [
  z.strictObject({ moment: z.literal('failing-over'), failover, reason: z.string() }),
  z.strictObject({ moment: z.literal('concluded'), failover: moving, conclusion: concludeOutput }),
  z.strictObject({ moment: z.literal('drilling'), failover: drilling, reason: z.string() }),
  z.strictObject({ moment: z.literal('drilled'), failover: drilling, settled }),
]);
export const announceOutput = z.strictObject({ announced: z.boolean(), detail: z.string() });

export type Contract<T extends z.ZodType> = z.infer<T>;
