// Tells people: Slack first, SNS when Slack does not take it. One attempt and one repeat, each bounded: a message never holds up a
// failover. Slack has no idempotency key, so that a lost answer may show a message twice; the key in its metadata tells.
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { InvalidInputError, RefusedByAwsError, TryAgainError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { ApplicationPlan, Region } from '../domain/plan.ts';
import type { Announcement, Messenger } from '../domain/ports.ts';
import { clientSettings } from './clients.ts';
import type { Environment } from './environment.ts';
import { asking } from './failures.ts';
import { redactedText } from './redaction.ts';
import { secretsManager, type Secrets } from './secrets.ts';
import { slackMessage } from './slack-message.ts';

/** Slack answers within tenths of a second; what takes longer is treated as lost. */
const SLACK_MS = 3000;
/** SNS takes subjects of up to 100 characters. */
const SUBJECT_LENGTH_MAX = 100;

type SlackPlan = NonNullable<ApplicationPlan['notifications']['slack']>;

/** `region`: where this code runs; its secret and its topic are used, never those of a region that may be gone. */
export function messenger(client: SNSClient, secrets: Secrets, region: Region, slackMs = SLACK_MS): Messenger {
  // One message per key and process: a step that is repeated in a warm Lambda does not say the same twice.
  const sent = new Set<string>();
  return {
    async send(plan, announcement) {
      if (sent.has(announcement.key)) return;
      const { slack, snsTopicArns } = plan.notifications;
      const topic = snsTopicArns[region];
      const ways = [
        ...(slack === undefined ? [] : [() => twice(() => postToSlack(slack, announcement, secrets, region, slackMs))]),
        ...(topic === undefined ? [] : [() => publish(client, topic, announcement, region)]),
      ];
      if (ways.length === 0) throw new InvalidInputError(`notifications: ${plan.application} names neither slack nor a topic in ${region}; add one`);
      await firstOf(ways);
      sent.add(announcement.key);
    },
  };
}

/** The messenger port of a Lambda. */
export const messengerOf = ({ region }: Pick<Environment, 'region'>): Messenger =>
  messenger(new SNSClient(clientSettings(region, 'reading')), secretsManager(), region);

/** The first way that works is enough; when none does, all reasons are in the error. */
async function firstOf(ways: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: Error[] = [];
  for (const way of ways) {
    try {
      await way();
      return;
    } catch (error) {
      failures.push(error as Error);
    }
  }
  throw new TryAgainError(`nobody could be told: ${failures.map((failure) => failure.message).join('; ')}`, { cause: new AggregateError(failures) });
}

/** Repeats once, at once, what may have been bad luck; a clear no is not asked again. */
async function twice(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof TryAgainError)) throw error;
    await act();
  }
}

async function postToSlack(slack: SlackPlan, announcement: Announcement, secrets: Secrets, region: Region, slackMs: number): Promise<void> {
  const token = (await secrets.text(slack.tokenSecretId, region)).trim();
  const resource = `slack channel ${slack.channel}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${slack.apiUrl.replace(/\/+$/, '')}/chat.postMessage`, {
      // A redirect would carry the token to wherever it points.
      method: 'POST', redirect: 'error', signal: AbortSignal.timeout(slackMs),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(slackMessage(announcement, slack.channel)),
    });
    text = await response.text();
  } catch (error) {
    // Only the message is kept: a cause of fetch may hold the request, and with it the token.
    const { message, cause } = error as Error & { readonly cause?: { readonly code?: string } };
    throw new TryAgainError(`chat.postMessage to ${resource}: ${redactedText(`${message} ${cause?.code ?? ''}`).replaceAll(token, '***').trim()}`);
  }
  const reason = slackReason(response.status, text);
  if (reason === undefined) return;
  if (PASSING.test(reason)) throw new TryAgainError(`chat.postMessage to ${resource}: ${reason}`);
  if (/^(invalid_auth|token_|not_authed|account_inactive)/.test(reason)) secrets.forget(slack.tokenSecretId, region);
  if (reason === MALFORMED) throw new UnexpectedAnswerError(`chat.postMessage to ${resource}: status ${response.status}, ${reason}`);
  throw new RefusedByAwsError(`chat.postMessage to ${resource}: Slack refuses: ${reason}`);
}

const MALFORMED = 'the answer is not the JSON of the Web API';
const PASSING = /^(status (429|5\d\d)|ratelimited|rate_limited|internal_error|fatal_error|service_unavailable|request_timeout|team_added_to_org)/;

/** Why Slack did not take a message; undefined when it did. It answers 200 with `ok: false` to most of what it refuses. */
export function slackReason(status: number, text: string): string | undefined {
  if (status === 429 || status >= 500) return `status ${status}`;
  let answer: { readonly ok?: unknown; readonly error?: unknown } | null;
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    return MALFORMED;
  }
  if (answer?.ok === true) return undefined;
  // Error codes are words such as `channel_not_found`; anything else is not repeated into our logs.
  return answer?.ok === false && typeof answer.error === 'string' && /^\w{1,60}$/.test(answer.error) ? answer.error : MALFORMED;
}

async function publish(client: SNSClient, topic: string, announcement: Announcement, region: Region): Promise<void> {
  const { key, application, incident, severity, title, lines } = announcement;
  await asking({ action: 'sns:Publish', resource: `${topic} in ${region}` }, () => client.send(new PublishCommand({
    TopicArn: topic,
    // Subjects are ASCII without line breaks.
    Subject: `[${severity}] ${title}`.replace(/[^\x20-\x7e]/g, '?').slice(0, SUBJECT_LENGTH_MAX),
    Message: [title, ...lines, '', `${application} · ${incident}`].join('\n'),
    MessageAttributes: { key: { DataType: 'String', StringValue: key }, severity: { DataType: 'String', StringValue: severity } },
  })));
}
