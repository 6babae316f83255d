// Delivery of one event to one target: the call, retries while the failure may pass, and the dead-letter list when it does not.
import { randomUUID } from 'node:crypto';
import type { Target } from '@aws-sdk/client-eventbridge';
import { AwsError, type Clock } from '../../service.ts';
import type { ServiceCall } from '../../server.ts';
import type { BusEvent } from './event.ts';
import { targetInput, type RuleIdentity } from './target-input.ts';

/** An event that a target never took. */
export interface DeadLetter {
  readonly event: BusEvent;
  readonly targetArn: string;
  readonly ruleArn: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly attempts: number;
  /** Where AWS would have put it; undefined: it would be gone. */
  readonly queueArn: string | undefined;
}

export interface DeliveryOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly call: ServiceCall;
  /** Hands an event to a bus of another region, over the network. */
  readonly forward: (event: BusEvent, from: string, busArn: string) => Promise<void>;
  readonly firstRetryMs: number;
  readonly onDeadLetter: (letter: DeadLetter) => void;
}

/** AWS's defaults: 24 hours, 185 retries. */
const RETRIES_DEFAULT = 185;
const AGE_SECONDS_DEFAULT = 86_400;
/** The longest wait between attempts; AWS documents only "exponential backoff and jitter". */
const RETRY_MS_MAX = 60_000;

/** Errors that no retry mends. */
const FINAL = /NotFound|DoesNotExist|AccessDenied|Validation|Invalid|NotImplemented|TooLarge/;

/** Delivers; resolves when the target took the event or it was given up. */
export async function deliver(options: DeliveryOptions, event: BusEvent, target: Target, rule: RuleIdentity & { readonly region: string }): Promise<void> {
  const { MaximumRetryAttempts: retriesMax = RETRIES_DEFAULT, MaximumEventAgeInSeconds: ageSecondsMax = AGE_SECONDS_DEFAULT } = target.RetryPolicy ?? {};
  const arrivedAt = options.clock.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send(options, event, target, rule);
      return;
    } catch (error) {
      const code = error instanceof AwsError ? error.code : error instanceof Error ? error.name : 'Unknown';
      const tooOld = options.clock.now() - arrivedAt >= ageSecondsMax * 1000;
      if (FINAL.test(code) || error instanceof SyntaxError || attempt > retriesMax || tooOld) {
        options.onDeadLetter({
          event, targetArn: target.Arn ?? '', ruleArn: rule.arn, errorCode: code, errorMessage: error instanceof Error ? error.message : String(error),
          attempts: attempt, queueArn: target.DeadLetterConfig?.Arn,
        });
        return;
      }
      const longestMs = Math.min(RETRY_MS_MAX, options.firstRetryMs * 2 ** Math.min(attempt - 1, 20));
      await options.clock.sleep(longestMs * (0.5 + options.random() / 2));
    }
  }
}

async function send({ call, forward }: DeliveryOptions, event: BusEvent, target: Target, rule: RuleIdentity & { readonly region: string }): Promise<void> {
  const arn = target.Arn ?? '';
  const [, , service = '', region = rule.region] = arn.split(':');
  // Except for buses, EventBridge calls its targets in its own region.
  const from = { region, caller: rule.region };
  const input = targetInput(target, event, rule);
  switch (service) {
    case 'states':
      await call('sfn', 'StartExecution', { stateMachineArn: arn, name: `${event.id}_${randomUUID()}`.slice(0, 80), input }, from);
      return;
    case 'lambda':
      await call('lambda', 'Invoke', { FunctionName: arn, InvocationType: 'Event', Payload: Buffer.from(input) }, from);
      return;
    case 'sns':
      await call('sns', 'Publish', { TopicArn: arn, Message: input }, from);
      return;
    default:
      await forward(event, rule.region, arn);
  }
}
