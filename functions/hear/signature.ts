// Did Slack send this, and just now? HMAC-SHA256 over the raw body, as "Verifying requests from Slack" has it. Nothing of the body is
// read before; the comparison takes the same time wherever the difference is. Refuses what is older or newer than five minutes.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../../domain/plan.ts';

/** Slack's own recommendation. Inside it a copy is told by `replay.ts`. */
export const WINDOW_SECONDS = 300;

export interface Signed {
  readonly signature: string | undefined;
  readonly timestamp: string | undefined;
  /** The bytes as they came: a body that was parsed and written anew has another signature. */
  readonly body: Buffer;
}
export type Genuine = { readonly kind: 'genuine'; readonly secret: number } | { readonly kind: 'forged'; readonly reason: string };

/** `secrets`: the signing secrets of the plans; which one fits says whose requests these can be. */
export function genuine({ signature, timestamp, body }: Signed, secrets: readonly string[], now: Instant): Genuine {
  if (signature === undefined || !/^v0=[0-9a-f]{64}$/.test(signature)) return { kind: 'forged', reason: 'there is no signature of version v0' };
  if (timestamp === undefined || !/^\d{10}$/.test(timestamp)) return { kind: 'forged', reason: 'there is no timestamp' };
  if (Math.abs(now / 1000 - Number(timestamp)) > WINDOW_SECONDS) return { kind: 'forged', reason: `the timestamp is more than ${WINDOW_SECONDS} s away` };
  // All are tried, whichever fits: the time must not tell how many there are before it.
  const fits = secrets.map((secret) => secret !== '' && same(signature, signatureOf(secret, timestamp, body)));
  const secret = fits.indexOf(true);
  return secret < 0 ? { kind: 'forged', reason: 'the signature is of another secret, another body or another time' } : { kind: 'genuine', secret };
}

export const signatureOf = (secret: string, timestamp: string, body: Buffer): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;

/** Digests are of one length, so that a comparison in constant time is possible for any two texts. */
const same = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
