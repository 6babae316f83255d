// The events of a task. A service integration and a plain function ARN have families of their own (GetExecutionHistory, HistoryEvent).
import type { TaskError } from './errors.ts';
import { WHOLE, type Trail } from './history.ts';

export interface TaskRecord {
  started(input: string, timeoutSeconds: number | undefined, heartbeatSeconds: number | undefined): void;
  /** The request of a task that waits for its token was accepted. */
  submitted(output: string): void;
  succeeded(output: string): void;
  failed(failure: TaskError): void;
}

export function recordOf(resource: string, region: string, trail: Trail): TaskRecord {
  return /^arn:[a-z-]+:lambda:/.test(resource) ? functionRecord(resource, trail) : taskRecord(serviceOf(resource), region, trail);
}

/** A missed heartbeat is recorded as States.Timeout, and a time-out has no cause (recorded runs). */
export function recorded({ error, cause }: TaskError): { readonly error: string; readonly cause?: string } {
  return { error: error === 'States.HeartbeatTimeout' ? 'States.Timeout' : error, ...(cause === '' ? {} : { cause }) };
}

const isTimeout = ({ error }: TaskError): boolean => error === 'States.Timeout' || error === 'States.HeartbeatTimeout';
const seconds = (timeoutInSeconds: number | undefined, heartbeatInSeconds?: number): object => ({
  ...(timeoutInSeconds === undefined ? {} : { timeoutInSeconds }), ...(heartbeatInSeconds === undefined ? {} : { heartbeatInSeconds }),
});

function taskRecord(service: Service, region: string, trail: Trail): TaskRecord {
  return {
    started(parameters, timeoutSeconds, heartbeatSeconds) {
      trail.add('TaskScheduled', { taskScheduledEventDetails: { ...service, region, parameters, ...seconds(timeoutSeconds, heartbeatSeconds) } });
      trail.add('TaskStarted', { taskStartedEventDetails: service });
    },
    submitted: (output) => void trail.add('TaskSubmitted', { taskSubmittedEventDetails: { ...service, output, outputDetails: WHOLE } }),
    succeeded: (output) => void trail.add('TaskSucceeded', { taskSucceededEventDetails: { ...service, output, outputDetails: WHOLE } }),
    failed(failure) {
      const details = { ...service, ...recorded(failure) };
      if (isTimeout(failure)) trail.add('TaskTimedOut', { taskTimedOutEventDetails: details });
      else trail.add('TaskFailed', { taskFailedEventDetails: details });
    },
  };
}

function functionRecord(resource: string, trail: Trail): TaskRecord {
  return {
    started(input, timeoutSeconds) {
      trail.add('LambdaFunctionScheduled', { lambdaFunctionScheduledEventDetails: { resource, input, inputDetails: WHOLE, ...seconds(timeoutSeconds) } });
      trail.add('LambdaFunctionStarted');
    },
    submitted: () => undefined,
    succeeded: (output) => void trail.add('LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: { output, outputDetails: WHOLE } }),
    failed(failure) {
      if (isTimeout(failure)) trail.add('LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: recorded(failure) });
      else trail.add('LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: recorded(failure) });
    },
  };
}

interface Service { readonly resourceType: string; readonly resource: string }

/** `arn:aws:states:::lambda:invoke.waitForTaskToken` -> lambda, invoke.waitForTaskToken; `aws-sdk:rds:x` -> aws-sdk:rds, x. */
export function serviceOf(resource: string): Service {
  const [, type = '', action = ''] = /:::((?:aws-sdk:)?[^:]+):(.+)$/.exec(resource) ?? [];
  return { resourceType: type, resource: action };
}
