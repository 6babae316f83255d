// What a guarded write may end with, apart from its own result.

/** There is no permit: nothing was written. The client may be told so, and may try again. */
export class WriteRefusedError extends Error {
  override readonly name = 'WriteRefusedError';
}

/**
 * The permit ended while the write was under way. It may be committed, and may be lost with the old writer: never
 * acknowledge it, and let the client repeat it with the same id.
 */
export class WriteOutcomeUnknownError extends Error {
  override readonly name = 'WriteOutcomeUnknownError';
}
