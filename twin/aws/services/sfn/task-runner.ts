// What Step Functions does for a Task state: calls a service of its own region and gives errors the names that Retry and Catch of
// real state machines match. Optimised Lambda and EventBridge integrations, and `aws-sdk:*` for every service of the endpoint.
import { TaskError, type TaskRequest, type TaskRunner } from '../../../../asl/index.ts';
import { AwsError } from '../../service.ts';
import type { ServiceCall } from '../../server.ts';
import { sdkInput, sdkOutput, sdkService, sdkErrorName } from './sdk-names.ts';

export function taskRunner(call: ServiceCall, region: string): TaskRunner {
  const from = { region, caller: region };
  return {
    run: async (request) => {
      const resource = request.resource.replace(/^arn:aws:states:::/, '').replace(/\.waitForTaskToken$/, '');
      if (resource === 'lambda:invoke') return invoke(call, request, from);
      if (resource === 'events:putEvents') return putEvents(call, request, from);
      if (resource.startsWith('aws-sdk:')) return sdkCall(call, resource, request, from);
      if (request.resource.startsWith('arn:aws:lambda:')) {
        const { Payload } = await invoke(call, { ...request, arguments: { FunctionName: request.resource, Payload: request.arguments } }, from);
        return Payload;
      }
      throw new TaskError('States.Runtime', `the twin has no integration ${request.resource}`);
    },
  };
}

type From = { readonly region: string; readonly caller: string };
interface InvokeArguments { readonly FunctionName?: string; readonly Payload?: unknown; readonly InvocationType?: string }

async function invoke(call: ServiceCall, request: TaskRequest, from: From): Promise<{ ExecutedVersion: string; Payload: unknown; StatusCode: number }> {
  const { FunctionName, Payload, InvocationType } = request.arguments as InvokeArguments;
  const input = { FunctionName, Payload: Buffer.from(JSON.stringify(Payload ?? {})), ...(InvocationType === undefined ? {} : { InvocationType }) };
  const answer = (await called(() => call('lambda', 'Invoke', input, from), 'Lambda')) as { StatusCode: number; Payload?: Uint8Array; FunctionError?: string };
  const text = Buffer.from(answer.Payload ?? []).toString('utf8');
  const payload = text === '' ? {} : (JSON.parse(text) as unknown);
  if (answer.FunctionError === undefined) return { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: answer.StatusCode };
  const { errorType } = (payload ?? {}) as { errorType?: unknown };
  // A time-out of the sandbox has this name in Step Functions, whatever the function was doing.
  throw new TaskError(typeof errorType === 'string' && errorType !== '' ? errorType : 'Lambda.Unknown', text);
}

async function putEvents(call: ServiceCall, request: TaskRequest, from: From): Promise<unknown> {
  const { Entries: entries = [] } = request.arguments as { Entries?: readonly Record<string, unknown>[] };
  const input = { Entries: entries.map((entry) => ({ ...entry, Detail: typeof entry['Detail'] === 'string' ? entry['Detail'] : JSON.stringify(entry['Detail']) })) };
  const answer = (await called(() => call('eventbridge', 'PutEvents', input, from), 'EventBridge')) as { FailedEntryCount?: number };
  // Unlike the API, the integration fails the task when any entry failed.
  if ((answer.FailedEntryCount ?? 0) > 0) throw new TaskError('EventBridge.FailedEntry', JSON.stringify(answer));
  return answer;
}

async function sdkCall(call: ServiceCall, resource: string, request: TaskRequest, from: From): Promise<unknown> {
  const [, name = '', operation = ''] = resource.split(':');
  const service = sdkService(name);
  if (service === undefined) throw new TaskError('States.Runtime', `the twin has no service ${name}`);
  const action = operation.charAt(0).toUpperCase() + operation.slice(1);
  const output = await called(() => call(service.name, action, sdkInput(service, action, request.arguments), from), service.errorPrefix);
  return sdkOutput(service, action, output);
}

async function called<T>(work: () => Promise<T>, prefix: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AwsError) throw new TaskError(sdkErrorName(prefix, error.code), `${error.message} (Service: ${prefix}, Status Code: ${error.status})`);
    throw new TaskError(`${prefix}.SdkClientException`, error instanceof Error ? error.message : String(error));
  }
}
