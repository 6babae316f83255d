// Lambda: invokes functions through an injected runtime, with AWS's limits on payload and concurrency, and its retries of
// asynchronous invocations. Aliases only as far as concurrency is provisioned for them; no layers or logs; the code itself runs elsewhere.
import * as client from '@aws-sdk/client-lambda';
import type { FunctionConfiguration, InvokeCommandInput } from '@aws-sdk/client-lambda';
import { ACCOUNT_ID, AwsError, type CallContext, type Clock, type Service } from '../service.ts';
import { concurrencyHandlers, type ConcurrencyOptions } from './lambda/concurrency.ts';

export interface InvokeResult { readonly payload: Uint8Array; readonly functionError?: 'Unhandled' }

/** Runs one function to its end. A rejection is the platform's failure, not the function's. */
export type LambdaRuntime = (functionName: string, region: string, payload: Uint8Array) => Promise<InvokeResult>;

export interface FunctionSeed {
  readonly region: string;
  readonly name: string;
  readonly timeoutSeconds?: number;
  readonly memoryMb?: number;
  /** At most so many at once; more are throttled. Unlimited when absent. */
  readonly concurrency?: number;
}

export interface LambdaOptions extends Omit<ConcurrencyOptions, 'clock'> {
  readonly clock: Clock;
  readonly functions: readonly FunctionSeed[];
  readonly invoke: LambdaRuntime;
  /** Waits before the second and third attempt of an asynchronous invocation. AWS: 1 and 2 minutes. */
  readonly retryWaitsMs?: readonly number[];
  /** Told when an asynchronous invocation has failed for good. */
  readonly onAbandoned?: (functionName: string, region: string, reason: string) => void;
}

/** As the endpoint reads it: the payload as bytes. */
type Invocation = Omit<InvokeCommandInput, 'Payload'> & { readonly Payload?: Uint8Array };

/** AWS: 6 MB synchronous, 1 MB asynchronous (256 KB before October 2025). */
const SYNCHRONOUS_BYTES_MAX = 6 * 1024 * 1024;
const ASYNCHRONOUS_BYTES_MAX = 1024 * 1024;

export function lambdaService(options: LambdaOptions): Service {
  const functions = new Functions(options);
  const handlers = {
    ...concurrencyHandlers(options),
    Invoke: (input: Invocation, { region }: CallContext) => functions.invoke(input, region),
    GetFunction: (input: { FunctionName: string }, { region }: CallContext) => ({
      Configuration: functions.describe(functions.find(input.FunctionName, region)), Code: { RepositoryType: 'S3' }, Tags: {},
    }),
    GetFunctionConfiguration: (input: { FunctionName: string }, { region }: CallContext) => functions.describe(functions.find(input.FunctionName, region)),
    ListFunctions: (_input: unknown, { region }: CallContext) => ({ Functions: options.functions.filter((seed) => seed.region === region).map((seed) => functions.describe(seed)) }),
  };
  return { name: 'lambda', signingName: 'lambda', client, scope: 'regional', handlers };
}

class Functions {
  readonly #options: LambdaOptions;
  readonly #running = new Map<FunctionSeed, number>();

  constructor(options: LambdaOptions) {
    this.#options = options;
  }

  /** By name, partial ARN or ARN, with or without $LATEST. */
  find(name: string, region: string): FunctionSeed {
    const plain = /^(?:(?:arn:aws:lambda:([a-z0-9-]+):)?\d{12}:function:)?([A-Za-z0-9_-]{1,64})(?::\$LATEST)?$/.exec(name);
    const arn = `arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${plain?.[2] ?? name}`;
    const found = this.#options.functions.find((seed) => seed.name === plain?.[2] && seed.region === region);
    // Lambda does not forward to the region of an ARN.
    if (found === undefined || (plain?.[1] ?? region) !== region) throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, { status: 404, fields: { Type: 'User' } });
    return found;
  }

  async invoke({ FunctionName = '', InvocationType: type = 'RequestResponse', Payload }: Invocation, region: string) {
    const seed = this.find(FunctionName, region);
    if (!['RequestResponse', 'Event', 'DryRun'].includes(type)) throw new AwsError('InvalidParameterValueException', `Unsupported invocation type ${type}`);
    const payload = Payload === undefined || Payload.byteLength === 0 ? Buffer.from('{}') : Payload;
    const bytesMax = type === 'Event' ? ASYNCHRONOUS_BYTES_MAX : SYNCHRONOUS_BYTES_MAX;
    if (payload.byteLength > bytesMax) throw new AwsError('RequestTooLargeException', `Request must be smaller than ${bytesMax} bytes for the Invoke operation`, { status: 413 });
    checkJson(payload);
    if (type === 'DryRun') return { StatusCode: 204 };
    if (type === 'Event') {
      void this.#runLater(seed, payload);
      return { StatusCode: 202 };
    }
    const { payload: answer, functionError } = await this.#run(seed, payload);
    return { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: answer, ...(functionError === undefined ? {} : { FunctionError: functionError }) };
  }

  describe(seed: FunctionSeed): FunctionConfiguration {
    return {
      FunctionName: seed.name, FunctionArn: `arn:aws:lambda:${seed.region}:${ACCOUNT_ID}:function:${seed.name}`, Runtime: 'nodejs24.x', Handler: 'handler.handler',
      Timeout: seed.timeoutSeconds ?? 3, MemorySize: seed.memoryMb ?? 128, Version: '$LATEST', State: 'Active', LastUpdateStatus: 'Successful', PackageType: 'Zip',
    };
  }

  async #run(seed: FunctionSeed, payload: Uint8Array): Promise<InvokeResult> {
    const running = this.#running.get(seed) ?? 0;
    if (running >= (seed.concurrency ?? Infinity)) {
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', { status: 429, fields: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User' } });
    }
    this.#running.set(seed, running + 1);
    try {
      return await this.#options.invoke(seed.name, seed.region, payload);
    } catch (error) {
      throw new AwsError('ServiceException', `The runtime of ${seed.name} failed: ${error instanceof Error ? error.message : String(error)}`, { status: 500, fault: 'Receiver' });
    } finally {
      this.#running.set(seed, (this.#running.get(seed) ?? 1) - 1);
    }
  }

  /** Three attempts, as AWS by default. Throttles count as attempts here; AWS goes on for six hours. */
  async #runLater(seed: FunctionSeed, payload: Uint8Array): Promise<void> {
    const waits = this.#options.retryWaitsMs ?? [60_000, 120_000];
    let reason = '';
    for (const waitMs of [0, ...waits]) {
      if (waitMs > 0) await this.#options.clock.sleep(waitMs);
      try {
        const { functionError, payload: answer } = await this.#run(seed, payload);
        if (functionError === undefined) return;
        reason = Buffer.from(answer).toString('utf8');
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    this.#options.onAbandoned?.(seed.name, seed.region, reason);
  }
}

function checkJson(payload: Uint8Array): void {
  try {
    JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json', { status: 400, fields: { Type: 'User' } });
  }
}
