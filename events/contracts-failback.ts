// The contract of a failback's own steps, and of the input that starts one. A person starts it: no rule, alarm or schedule does (I17).
import * as z from 'zod';
import { epoch, failingBack, hooks, instant, name, region, scaleOutput } from './contracts.ts';

const { scaled } = scaleOutput.shape;
const words = {
  /** Where the writer shall be; the first region of the plan when absent. */
  home: region.exactOptional(),
  /** The writer stays where it is: the pair is made whole, and users go to both regions again. */
  keepWriter: z.boolean().exactOptional(),
  /** Lost writes were looked at, or may be as many as they are: their database is kept under another name all the same. */
  acceptLost: z.boolean().exactOptional(),
  /** A drill on a healthy pair: all that a drill asks for must hold, and its record is kept. `home` is the other region than the writer's when absent. */
  drill: z.boolean().exactOptional(),
  requestedBy: z.string().min(1).max(80).exactOptional(),
};

/** What `hotshift-failback` is started with. */
export const failbackInput = z.strictObject({ application: name, ...words });

export const surveyInput = z.strictObject({ application: name, execution: z.string().min(1).max(200), startedAt: instant, ...words });
export const surveyOutput = z.strictObject({
  survey: z.enum(['go', 'refused']), reason: z.string(), home: region,
  /** `evacuated`: the region without the writer, which is made a replica first. */
  rebuild: failingBack,
  /** `evacuated`: the region that the writer leaves. */
  move: failingBack,
  /** The writer is to move; false when it is at home or shall stay. */
  writerMoves: z.boolean(),
  /** Permits are withdrawn already: an earlier failback ended in the middle of the switchover. */
  resumes: z.boolean(),
  databases: z.array(name),
  hooks: hooks.exactOptional(),
  /** What failovers add for both regions' load, by the plan: taken back at the end. */
  scaled: z.strictObject({ home: scaled, other: scaled }),
});

export const compareInput = z.strictObject({ failover: failingBack, epoch, database: name, acceptLost: z.boolean() });
export const compareOutput = z.strictObject({ compared: z.enum(['same', 'lost', 'unknown']), proceed: z.boolean(), lost: z.number().int().nonnegative(), reason: z.string() });

export const rebuildInput = z.strictObject({ failover: failingBack, epoch, database: name, since: instant });
export const rebuildOutput = z.discriminatedUnion('rebuild', [
  z.strictObject({ rebuild: z.literal('waiting'), reason: z.string(), nextCheckAt: z.string() }),
  z.strictObject({ rebuild: z.literal('done'), reason: z.string() }),
  z.strictObject({ rebuild: z.literal('refused'), reason: z.string() }),
]);
