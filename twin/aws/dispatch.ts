// One call, from the caller's place to the service and back, whoever made it: the way there, planted faults, validation, the
// handler, the way back. Both HTTP and calls within the process go through here, so both are logged, cut and faulted alike.
import { withoutSecrets, type Calls, type CallOutcome } from './calls.ts';
import { internalFailure } from './error-responses.ts';
import type { Faults } from './faults.ts';
import { missingError, missingMembers } from './required.ts';
import type { Operation, Protocol, Wire } from './schema.ts';
import { AwsError, type CallContext, type Service } from './service.ts';

/** The way between places. Resolves after the delay, rejects when refused, never resolves in a black hole. */
export interface EndpointNetwork {
  path(from: string, to: string): Promise<void>;
}

/** A service with its wire format. */
export interface Hosted {
  readonly service: Service;
  readonly wire: Wire;
}

export interface Incoming extends Hosted {
  readonly protocol: Protocol;
  /** What the request asks for, or why it cannot be told. */
  readonly request: { readonly operation: Operation; readonly input: Record<string, unknown> } | { readonly error: AwsError };
  readonly context: CallContext;
}

export type Answer =
  | { readonly kind: 'output'; readonly output: unknown }
  | { readonly kind: 'error'; readonly error: AwsError }
  /** A bare status, without an AWS body. */
  | { readonly kind: 'status'; readonly status: number }
  /** The connection breaks. */
  | { readonly kind: 'broken' };

export interface DispatchParts {
  readonly network: EndpointNetwork;
  readonly faults: Faults;
  readonly calls: Calls;
  readonly now: () => number;
  /** Told of every answer that was the twin's own fault. */
  readonly onInternalFailure: (error: unknown) => void;
}

/** The place that a call goes to. */
export const placeOf = (service: Service, region: string): string => (service.scope === 'global' ? 'global' : region);

/** Carries out one call. Never resolves when the call hangs. */
export async function dispatch(parts: DispatchParts, incoming: Incoming): Promise<Answer> {
  const { service, request, context } = incoming;
  const place = placeOf(service, context.region);
  const operation = 'error' in request ? '(unknown)' : request.operation.name;
  const end = parts.calls.begin({
    service: service.name, operation, region: place, caller: context.caller, ...(context.identity === undefined ? {} : { identity: context.identity }), at: parts.now(),
    input: 'error' in request ? {} : withoutSecrets(request.operation.input, request.input),
  });
  if (!(await passes(parts.network, context.caller, place))) return broken(end, 'refused');
  const effect = parts.faults.take({ service: service.name, signingName: service.signingName, operation, region: place, caller: context.caller });
  if (effect?.kind === 'hang') {
    end('hung');
    return new Promise(() => {});
  }
  const answer = effect === undefined || effect.kind === 'drop' ? await act(parts, incoming) : effect;
  if (effect?.kind === 'drop') return broken(end, 'dropped');
  if (!(await passes(parts.network, place, context.caller))) return broken(end, 'refused');
  end('answered', answer.kind === 'error' ? answer.error.code : answer.kind === 'status' ? String(answer.status) : undefined);
  return answer;
}

async function act(parts: DispatchParts, { service, protocol, request, context }: Incoming): Promise<Answer> {
  if ('error' in request) return { kind: 'error', error: request.error };
  const { operation, input } = request;
  try {
    const missing = missingMembers(operation.input, input);
    if (missing.length > 0) throw missingError(protocol, service.name, missing);
    const handler = Object.hasOwn(service.handlers, operation.name) ? service.handlers[operation.name] : undefined;
    if (handler === undefined) throw new AwsError('NotImplemented', `The twin does not implement ${service.name}:${operation.name}`, { status: 501 });
    return { kind: 'output', output: await handler(input, context) };
  } catch (error) {
    if (error instanceof AwsError) return { kind: 'error', error };
    parts.onInternalFailure(error);
    return { kind: 'error', error: internalFailure(error) };
  }
}

async function passes(network: EndpointNetwork, from: string, to: string): Promise<boolean> {
  try {
    await network.path(from, to);
    return true;
  } catch {
    // Whatever refuses the way, the caller sees a broken connection; the log says that it was refused.
    return false;
  }
}

function broken(end: (outcome: CallOutcome) => void, outcome: CallOutcome): Answer {
  end(outcome);
  return { kind: 'broken' };
}
