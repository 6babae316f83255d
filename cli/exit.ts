// How a command ends, as scripts see it. Documented in `hotshift --help`; numbers never change their meaning.

export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  unreachable: 4,
  // 128 + the number of SIGINT, as shells do.
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodesText = `Exit codes:
  0    done
  1    failed or undecided
  2    wrong usage, or a configuration with errors
  3    refused: the state of the application does not allow it
  4    the table could not be reached: nothing is known, nothing was changed
  130  interrupted`;

/** An end that a person can act on: what is wrong, and the fix. Shown without a stack. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly code: ExitCode;
  readonly fix: string;

  constructor(code: ExitCode, message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.fix = fix;
  }
}
