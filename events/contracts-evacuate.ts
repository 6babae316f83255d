// The contract of an evacuation's one step, and of the input that starts one.
import * as z from 'zod';
import { name, region } from './contracts.ts';

/** What `hotshift-evacuate` is started with. Its own name is part of the name of every failover that it starts. */
export const evacuateInput = z.strictObject({ region, requestedBy: z.string().min(1).max(80), reason: z.string().min(1).max(200) });

const evacuation = z.strictObject({ evacuation: z.string().min(1).max(60), region });
export const musterInput = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('turns'), evacuation }),
  z.strictObject({ what: z.literal('outcomes'), evacuation, pending: z.array(name) }),
]);
export const musterOutput = z.union([
  z.strictObject({
    /** `agree`: where two people must agree, the one who started the evacuation is one of them. */
    turns: z.array(z.strictObject({ application: name, at: z.string(), agree: z.boolean() })),
    left: z.array(z.strictObject({ application: name, reason: z.string(), well: z.boolean() })),
  }),
  z.strictObject({ pending: z.array(name), ended: z.array(z.strictObject({ application: name, outcome: z.string(), reason: z.string() })) }),
]);
