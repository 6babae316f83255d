// The border of every Lambda: parses the input, puts the failover's names on each log line, measures the step, and lets errors pass
// under the names that the state machines know. It swallows nothing and logs no secret.
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type * as z from 'zod';
import { InvalidInputError } from '../domain/errors.ts';
import { isSecretName, redacted, redactedText, withoutSecrets } from './redaction.ts';

export interface LambdaSettings<Output> {
  /** The state of the workflow, as people read it; the function's name when absent. */
  readonly step?: string;
  /** Such as `traced()` of tracing.ts, for the few steps that ask for it. */
  readonly middlewares?: readonly MiddlewareObj[];
  /** Metric -> count, out of what the step answered. */
  readonly counts?: (output: Output) => Readonly<Record<string, number>>;
}

/** A handler that gives the step its parsed input. */
export function lambda<Input, Output>(schema: z.ZodType<Input>, step: (input: Input) => Promise<Output>, settings: LambdaSettings<Output> = {}) {
  const name = settings.step ?? process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'step';
  const logger = new Logger({ serviceName: 'hotshift' });
  const metrics = new Metrics({ namespace: 'Hotshift', serviceName: 'hotshift', defaultDimensions: { step: name } });
  const handler = async (event: unknown): Promise<Output | Warm> => {
    // The schedule that keeps this step from starting cold (events/rules.yml): nothing is read and nothing is done.
    if (isWarmUp(event)) return WARM;
    logger.appendKeys({ step: name, ...correlation(event) });
    const startedAt = performance.now();
    try {
      // The output becomes part of the execution's history, as does the message of an error.
      const output = withoutSecrets(await step(parsedInput(schema, event)));
      logger.info(`${name}: ${summary(output)}`, { output: redacted(output) as object });
      for (const [metric, value] of Object.entries(settings.counts?.(output) ?? {})) metrics.addMetric(metric, MetricUnit.Count, value);
      return output;
    } catch (error) {
      logger.error(`${name}: ${describedError(error)}`, { failure: errorChain(error) });
      throw withoutSecretsIn(error);
    } finally {
      metrics.addMetric('StepDuration', MetricUnit.Milliseconds, performance.now() - startedAt);
    }
  };
  const wired = middy<unknown, Output | Warm>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics, { captureColdStartMetric: true }));
  for (const middleware of settings.middlewares ?? []) wired.use(middleware);
  return wired.handler(handler);
}

interface Warm { readonly warm: true }
const WARM: Warm = { warm: true };
const isWarmUp = (event: unknown): boolean => typeof event === 'object' && event !== null && Object.keys(event).length === 1 && (event as Partial<Warm>).warm === true;

/** The input in the form that the schema wants, or InvalidInputError with path, value and fix. */
export function parsedInput<Input>(schema: z.ZodType<Input>, event: unknown): Input {
  const found = schema.safeParse(event);
  if (found.success) return found.data;
  const issues = found.error.issues.slice(0, 3).map((issue) => {
    const path = issue.path.map(String).join('.');
    return `${path || 'input'}: ${shown(event, issue.path)}: ${issue.message}`;
  });
  throw new InvalidInputError(`the input does not fit: ${issues.join('; ')}`);
}

/** What identifies the failover on every log line: names only, never the whole input. */
export function correlation(event: unknown): Readonly<Record<string, string | number>> {
  const input = (typeof event === 'object' && event !== null ? event : {}) as Readonly<Record<string, unknown>>;
  const failover = (typeof input.failover === 'object' && input.failover !== null ? input.failover : {}) as Readonly<Record<string, unknown>>;
  const named = {
    application: failover.application ?? input.application, execution: failover.execution, incident: failover.incident,
    evacuated: failover.evacuated, mode: failover.mode, epoch: input.epoch, database: input.database,
  };
  return Object.fromEntries(Object.entries(named).filter((entry): entry is [string, string | number] => typeof entry[1] === 'string' || typeof entry[1] === 'number'));
}

/** The decision in one line: the fields of the result that are words or numbers, the reason last. */
export function summary(output: unknown): string {
  if (typeof output !== 'object' || output === null) return String(output);
  const flat = Object.entries({ ...output, ...verdictOf(output) }).filter(([name, value]) => !isSecretName(name) && ['string', 'number', 'boolean'].includes(typeof value));
  const [reasons, others] = [flat.filter(([name]) => name === 'reason'), flat.filter(([name]) => name !== 'reason')];
  return redactedText([...others.map(([name, value]) => `${name} ${String(value)}`), ...reasons.map(([, value]) => String(value))].join(', ').slice(0, 600));
}

function verdictOf(output: object): object {
  const { verdict } = output as { readonly verdict?: { readonly kind?: unknown; readonly reason?: unknown } };
  return verdict === undefined ? {} : { verdict: verdict.kind, reason: verdict.reason };
}

/** The value that did not fit, cut short; a secret is not shown. */
function shown(event: unknown, path: readonly PropertyKey[]): string {
  if (path.some((part) => isSecretName(String(part)))) return '(hidden)';
  let value = event;
  for (const part of path) value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined;
  if (value === undefined) return 'missing';
  return redactedText(JSON.stringify(redacted(value)).slice(0, 80));
}

/** The same error, under the same name; only a message that holds a secret is changed. */
function withoutSecretsIn(error: unknown): unknown {
  if (!(error instanceof Error) || redactedText(error.message) === error.message) return error;
  error.message = redactedText(error.message);
  error.stack = redactedText(error.stack ?? '');
  return error;
}

const describedError = (error: unknown): string => (error instanceof Error ? redactedText(`${error.name}: ${error.message}`) : 'something that is no error was thrown');

/** Name, message and stack of an error and of what caused it. Other fields are left out: SDK errors may carry items and requests. */
function errorChain(error: unknown, depth = 0): readonly object[] {
  if (!(error instanceof Error) || depth >= 4) return [];
  return [{ name: error.name, message: redactedText(error.message), stack: redactedText(error.stack ?? '') }, ...errorChain(error.cause, depth + 1)];
}
