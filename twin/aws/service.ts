/**
 * One AWS service of the endpoint, as its author writes it: the SDK client package gives the wire format (its runtime schemas),
 * the handlers give the behaviour. Nothing here knows HTTP, and a handler never sees a wire format.
 */
export type { Clock } from '../../domain/ports.ts';

/** What a handler may know about the call it serves. */
export interface CallContext {
  /** The target region, read from the SigV4 credential scope. */
  readonly region: string;
  /** The place whose listener took the call. */
  readonly caller: string;
  /** Whose access key signed the call: in the twin it is the name of the function, or of nobody in particular. */
  readonly identity?: string;
  readonly requestId: string;
}

/** Answers one operation: the input and the output are the shapes the SDK's commands use. */
// The schemas check the input at run time; its static type belongs to each handler (any lets a handler state it).
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Handler = (input: any, context: CallContext) => unknown | Promise<unknown>;

/** A service: `client` is `import * as` of its `@aws-sdk/client-...` package. */
export interface Service {
  readonly name: string;
  readonly signingName: string;
  readonly client: Record<string, unknown>;
  /** A global service (Route 53) is reached at the place 'global', whatever region the caller signed for. */
  readonly scope: 'regional' | 'global';
  readonly handlers: Readonly<Record<string, Handler>>;
}

/** Who is at fault, as AWS's own error bodies say it. */
export type Fault = 'Sender' | 'Receiver';

/** An error AWS would answer. The status of a modelled error comes from the service's schema and wins over `status`. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly fault: Fault;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: { status?: number; fault?: Fault; fields?: Record<string, unknown> } = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status ?? (options.fault === 'Receiver' ? 500 : 400);
    this.fault = options.fault ?? (this.status >= 500 ? 'Receiver' : 'Sender');
    this.fields = options.fields ?? {};
  }
}

/** The AWS account the twin pretends to be (AWS's documentation account id). */
export const ACCOUNT_ID = '111122223333';
