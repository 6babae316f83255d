// The errors of the workflow, by name as `ErrorEquals` in the state machines reads them. Three families:
// try again (Retry), stop safely (Catch -> Handed to a human), and bug (everything else: alarm).

/** Something may work in a moment: a throttle, a time-out, an answer that was lost. */
export class TryAgainError extends Error {
  override readonly name: string = 'TryAgainError';
}

/** The lease is not ours any more (holder, epoch or expiry): no further mutation by this execution. */
export class LeaseLostError extends Error {
  override readonly name: string = 'LeaseLostError';
}

/** A person paused the application, or asked for this execution to stop. */
export class StoppedByOperatorError extends Error {
  override readonly name: string = 'StoppedByOperatorError';
}

/** The call is not allowed (IAM, SCP) or its target does not exist: retrying cannot help. */
export class RefusedByAwsError extends Error {
  override readonly name: string = 'RefusedByAwsError';
}

/** The configuration or the input is wrong; the message names the field, the value and the fix. */
export class InvalidInputError extends Error {
  override readonly name: string = 'InvalidInputError';
}

/** An answer had another form than it must have (garbage, truncated): unknown, therefore unsafe. */
export class UnexpectedAnswerError extends Error {
  override readonly name: string = 'UnexpectedAnswerError';
}
