// Data on its way between states: the value together with its JSON text, which the history keeps and the size limit measures.
import { TaskError } from './errors.ts';

export interface Payload { readonly value: unknown; readonly text: string }

/** Task, state and execution data (Step Functions service quotas: 256 KiB as UTF-8). */
export const BYTES_MAX = 262_144;

/** Encodes a value that `subject` ("state/task 'lambda'") gave. Fails with States.DataLimitExceeded when it is too large. */
export function payload(value: unknown, subject: string): Payload {
  // What a runner returns as undefined is nothing; nothing is null in JSON.
  const text = JSON.stringify(value ?? null);
  // A character takes three bytes at most: short texts need no count.
  if (text.length * 3 > BYTES_MAX && Buffer.byteLength(text) > BYTES_MAX) {
    throw new TaskError('States.DataLimitExceeded', `The ${subject} returned a result with a size exceeding the maximum number of bytes service limit.`);
  }
  return { value: value ?? null, text };
}

/** As `payload`, for what came from outside: a copy in plain JSON, which nobody else can change. */
export function foreign(value: unknown, subject: string): Payload {
  const { text } = payload(value, subject);
  return { value: JSON.parse(text) as unknown, text };
}
