// The AWS-compatible endpoint of the twin: one HTTP listener per place in front of the services. The listener says who calls, the
// credential scope which region is called, the injected network whether that way is open. It holds no behaviour of any service.
import { randomUUID } from 'node:crypto';
import { Calls, type Call, type CallListener } from './calls.ts';
import { dispatch, type DispatchParts, type EndpointNetwork, type Hosted } from './dispatch.ts';
import { Faults, type FaultPlan } from './faults.ts';
import { openListener, type Listener } from './listener.ts';
import { wireOf } from './schema.ts';
import { AwsError, type Service } from './service.ts';

export interface EndpointOptions {
  readonly services: readonly Service[];
  readonly network: EndpointNetwork;
  readonly now?: () => number;
  /** Told of every error that was the twin's own fault, besides the 500 that the caller gets. Prints it by default. */
  readonly onInternalFailure?: (error: unknown) => void;
}

/** A call from within the process, such as Step Functions makes; see `AwsEndpoint.call`. */
export type ServiceCall = (service: string, operation: string, input: unknown, from: { readonly region: string; readonly caller: string }) => Promise<unknown>;

/** The connection broke before an answer came; what was asked for may have been done. */
export class ConnectionBrokenError extends Error {
  override readonly name = 'ConnectionBrokenError';
}

export class AwsEndpoint {
  readonly #hosted = new Map<string, Hosted>();
  readonly #calls = new Calls();
  readonly #faults = new Faults();
  readonly #listeners = new Set<Listener>();
  readonly #parts: DispatchParts;

  constructor({ services, network, now = Date.now, onInternalFailure = (error) => console.error('twin/aws:', error) }: EndpointOptions) {
    for (const service of services) {
      if (this.#hosted.has(service.signingName)) throw new Error(`two services sign as ${service.signingName}`);
      this.#hosted.set(service.signingName, { service, wire: wireOf(service) });
    }
    this.#parts = { network, faults: this.#faults, calls: this.#calls, now, onInternalFailure };
  }

  /** Opens the listener of a place; port 0 takes a free one. Closing it ends all its connections. */
  async listen(place: string, host: string, port = 0): Promise<Listener> {
    const listener = await openListener(this.#parts, { caller: place, host, port, hostedBy: (signingName) => this.#hosted.get(signingName) });
    this.#listeners.add(listener);
    return {
      url: listener.url,
      close: async () => {
        this.#listeners.delete(listener);
        await listener.close();
      },
    };
  }

  /** All calls so far, oldest first. */
  get calls(): readonly Call[] {
    return this.#calls.all;
  }

  /** Tells of every call when it is made and when it ends; the answer unsubscribes. */
  onCall(listener: CallListener): () => void {
    return this.#calls.subscribe(listener);
  }

  /** Plants a fault; the answer takes it back. */
  fault(plan: FaultPlan): () => void {
    return this.#faults.plant(plan);
  }

  /** Calls a service within the process, by the same way, faults and log. Rejects with AwsError, or ConnectionBrokenError. */
  readonly call: ServiceCall = async (name, operationName, input, { region, caller }) => {
    const hosted = [...this.#hosted.values()].find(({ service }) => service.name === name);
    const operation = hosted?.wire.operations.get(operationName);
    if (hosted === undefined || operation === undefined) throw new AwsError('UnknownOperationException', `The twin has no ${name}:${operationName}`);
    const result = await dispatch(this.#parts, {
      ...hosted, protocol: hosted.wire.protocol,
      // Copies on the way in and out, as the wire would make them: nobody holds a handler's own objects.
      request: { operation, input: structuredClone(input) as Record<string, unknown> }, context: { region, caller, requestId: randomUUID() },
    });
    if (result.kind === 'output') return structuredClone(result.output);
    if (result.kind === 'error') throw result.error;
    if (result.kind === 'status') throw new AwsError('ServiceUnavailable', `HTTP ${result.status}`, { status: result.status });
    throw new ConnectionBrokenError(`the connection from ${caller} to ${name} in ${region} broke`);
  };

  /** Closes every listener. */
  async close(): Promise<void> {
    await Promise.all([...this.#listeners].map((listener) => listener.close()));
    this.#listeners.clear();
  }
}
