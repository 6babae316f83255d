// The name of a request, so that it is heard once: a copy of a genuine request is genuine to the byte, and inside the window of the
// signature nothing else tells it from the first.
import { createHash } from 'node:crypto';
import type { Signed } from './signature.ts';

/** From what was signed, not from the signature's text: the same request in another dress is the same request. */
export const requestName = ({ timestamp, body }: Signed): string => createHash('sha256').update(`${timestamp ?? ''}:`).update(body).digest('hex').slice(0, 40);
