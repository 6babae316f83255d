// Reads the answer of a deep probe. Pure. An answer only counts with our nonce (a cache or a login page has none) and in full form;
// what the region says about itself is then believed, a "no" included.
import * as z from 'zod';
import type { ProbeOutcome } from '../domain/observation.ts';

export interface HealthAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const health = z.object({
  nonce: z.string(),
  region: z.string().min(1),
  read: z.enum(['ok', 'failed', 'unknown']),
  write: z.enum(['ok', 'failed', 'refused', 'unknown']),
  epoch: z.number().int().nonnegative().nullish(),
  writer: z.string().min(1).nullish(),
});

/** The outcome without its latency. 503 is how a region says "no": with our nonce that is an answer like 200. */
export function healthOutcome(answer: HealthAnswer, nonce: string): Omit<ProbeOutcome, 'latencyMs'> {
  if (answer.status !== 200 && answer.status !== 503) return unanswered('bad-status', `status ${answer.status}`);
  const found = contentOf(answer, nonce);
  if (typeof found === 'string') return answer.status === 200 ? unanswered('bad-content', found) : unanswered('bad-status', `status 503, ${found}`);
  const failure = found.read === 'failed' ? 'read-failed' as const : found.write === 'failed' ? 'write-failed' as const : undefined;
  return {
    answered: true, read: found.read, write: found.write,
    ...(failure === undefined ? {} : { failure, detail: `${found.region} says: read ${found.read}, write ${found.write}` }),
    ...(typeof found.epoch === 'number' ? { epoch: found.epoch } : {}),
    ...(typeof found.writer === 'string' ? { writer: found.writer } : {}),
  };
}

/** No proper answer: nothing is known about reads and writes. */
export const unanswered = (failure: NonNullable<ProbeOutcome['failure']>, detail: string): Omit<ProbeOutcome, 'latencyMs'> =>
  ({ answered: false, failure, detail, read: 'unknown', write: 'unknown' });

/** The content, or in words why it is none. The body is never quoted: nobody knows what a stray server puts there. */
function contentOf(answer: HealthAnswer, nonce: string): z.infer<typeof health> | string {
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(answer.contentType)) return `content type ${answer.contentType.slice(0, 60) || 'missing'}, not JSON`;
  let content: unknown;
  try {
    content = JSON.parse(answer.body);
  } catch {
    return `${answer.body.length} characters that are not JSON`;
  }
  const found = health.safeParse(content);
  if (!found.success) {
    const issue = found.error.issues[0];
    return `${issue?.path.join('.') || 'the answer'}: ${issue?.message ?? 'malformed'}`;
  }
  return found.data.nonce === nonce ? found.data : 'the nonce is not ours: a cache or another server answered';
}
