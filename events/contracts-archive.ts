// What starts `archive`: the detail of AWS's event that an execution has ended. AWS adds fields now and then, so others may be there.
import * as z from 'zod';

export const archiveInput = z.object({
  executionArn: z.string().regex(/^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:execution:hotshift-[a-z]+:[A-Za-z0-9_-]+$/, 'must be the ARN of an execution of Hotshift'),
  name: z.string().min(1).max(200),
  status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
  stopDate: z.number().int(),
});
