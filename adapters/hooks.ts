// Calls functions of the application's owners, once and no longer than allowed. The function may run on after that: only its own time-out
// ends it. Nothing that it answers is believed to have any form.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { RefusedByAwsError, TryAgainError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { Hooks } from '../domain/hooks.ts';
import type { Region } from '../domain/plan.ts';
import { clientSettings, perRegion } from './clients.ts';
import { asking } from './failures.ts';

/** A hook says one thing; more is not read. */
const ANSWER_BYTES_MAX = 10_000;

export function hooks(clientIn: (region: Region) => LambdaClient): Hooks {
  return {
    async call(functionArn, event, timeoutSeconds) {
      const region = functionArn.split(':')[3] ?? '';
      const answer = await asking({ action: 'lambda:InvokeFunction', resource: functionArn }, () => bounded(timeoutSeconds, functionArn, (abortSignal) =>
        clientIn(region).send(new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(JSON.stringify(event)) }), { abortSignal })));
      const text = Buffer.from(answer.Payload ?? []).toString('utf8');
      if (answer.FunctionError !== undefined) throw new RefusedByAwsError(`${functionArn} failed: ${text.slice(0, 300)}`);
      if (text.length > ANSWER_BYTES_MAX) throw new UnexpectedAnswerError(`${functionArn} answered ${text.length} bytes; ${ANSWER_BYTES_MAX} are read`);
      return parsed(text, functionArn);
    },
  };
}

/** One attempt: a hook that was called and did not answer must not be called again by a client that knows nothing of it. */
export const hooksOf = (): Hooks => hooks(perRegion((region) => {
  const settings = clientSettings(region, 'changing');
  // Hooks may take longer than any API of AWS; the signal bounds them.
  return new LambdaClient({ ...settings, requestHandler: { ...settings.requestHandler, requestTimeout: 25_000 } });
}));

async function bounded<T>(timeoutSeconds: number, functionArn: string, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    return await ask(signal);
  } catch (error) {
    if (signal.aborted) throw new TryAgainError(`${functionArn} did not answer within ${timeoutSeconds} s`, { cause: error });
    throw error;
  }
}

function parsed(text: string, functionArn: string): unknown {
  try {
    return JSON.parse(text === '' ? 'null' : text) as unknown;
  } catch (error) {
    throw new UnexpectedAnswerError(`${functionArn} answered no JSON: ${text.slice(0, 100)}`, { cause: error });
  }
}
