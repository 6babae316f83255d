// Tells people: Slack (a card and a thread per incident) and PagerDuty side by side, SNS when Slack does not take it. One bounded
// attempt: a message never holds up a failover, and what was not taken waits in the outbox. Slack has no idempotency key, so that a
// lost answer may show a message twice; the key in its metadata tells.
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { InvalidInputError, TryAgainError } from '../domain/errors.ts';
import type { ApplicationPlan, Region, SlackPlan } from '../domain/plan.ts';
import type { Announcement, Clock, Delivery, Messenger, Outbox, Undelivered } from '../domain/ports.ts';
import { clientSettings } from './clients.ts';
import { systemClock } from './clock.ts';
import type { Environment } from './environment.ts';
import { asking } from './failures.ts';
import { outboxStore } from './outbox-store.ts';
import { pagerAction, tellPagerDuty } from './pagerduty.ts';
import { withoutSecrets } from './redaction.ts';
import { secretsManager, type Secrets } from './secrets.ts';
import { SLACK_MS, SlackBusyError, slackApi, type SlackApi } from './slack-api.ts';
import { cardAfter, cardMessage, slackMessage } from './slack-message.ts';
import { tableIn } from './table.ts';
import { threadStore, type ThreadStore } from './thread-store.ts';

/** SNS takes subjects of up to 100 characters. */
const SUBJECT_LENGTH_MAX = 100;
/** The first repeat of the outbox; Slack's own Retry-After counts where it is longer. */
const FIRST_REPEAT_SECONDS = 10;

export interface MessengerParts {
  readonly sns: SNSClient;
  readonly secrets: Secrets;
  /** Where this code runs; its secret and its topic are used, never those of a region that may be gone. */
  readonly region: Region;
  readonly threads: ThreadStore;
  readonly outbox: Pick<Outbox, 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly slackMs?: number;
}

export function messenger(parts: MessengerParts): Messenger & Delivery {
  // One message per key and process: a step that is repeated in a warm Lambda does not say the same twice.
  const sent = new Set<string>();
  return {
    async send(plan, announcement) {
      if (sent.has(announcement.key)) return;
      const outcomes = await Promise.allSettled([bySlack(parts, plan, announcement), byPager(parts, plan, announcement)]);
      const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
      if (!outcomes.some((outcome) => outcome.status === 'fulfilled' && outcome.value)) {
        const wrong = failures.find((failure) => failure instanceof InvalidInputError);
        throw wrong ?? new TryAgainError(`nobody could be told: ${failures.map(({ message }) => message).join('; ')}`, { cause: new AggregateError(failures) });
      }
      sent.add(announcement.key);
    },
    async deliver(plan, way, announcement) {
      const { slack, pagerDuty } = plan.notifications;
      if (way === 'pagerduty') return pagerDuty === undefined ? undefined : tellPagerDuty(pagerDuty, announcement, parts.secrets, parts.region);
      if (slack !== undefined) await late(parts, apiOf(parts, slack), slack, announcement);
    },
  };
}

/** The messenger port of a Lambda. */
export function messengerOf({ region, table: name }: Pick<Environment, 'region' | 'table'>): Messenger & Delivery {
  const table = tableIn(region, name);
  return messenger({ sns: new SNSClient(clientSettings(region, 'reading')), secrets: secretsManager(), region, threads: threadStore(table), outbox: outboxStore(table), clock: systemClock });
}

const apiOf = ({ secrets, region, slackMs = SLACK_MS }: MessengerParts, slack: SlackPlan): SlackApi => slackApi(slack, secrets, region, slackMs);

/** True when Slack or, in its place, SNS has it. What Slack did not take waits; a clear no of Slack's is not repeated. */
async function bySlack(parts: MessengerParts, plan: ApplicationPlan, announcement: Announcement): Promise<boolean> {
  const { slack, snsTopicArns } = plan.notifications;
  const failures: Error[] = [];
  if (slack !== undefined) {
    try {
      await speak(parts, apiOf(parts, slack), slack, announcement);
      return true;
    } catch (error) {
      failures.push(error as Error);
      if (error instanceof TryAgainError) await wait(parts, 'slack', announcement, error);
    }
  }
  const topic = snsTopicArns[parts.region];
  if (topic === undefined && slack === undefined) {
    if (plan.notifications.pagerDuty !== undefined) return false;
    throw new InvalidInputError(`notifications: ${plan.application} names neither slack nor a topic in ${parts.region}; add one`);
  }
  try {
    if (topic === undefined) throw failures[0] ?? new TryAgainError('no topic');
    await publish(parts.sns, topic, announcement, parts.region);
    return true;
  } catch (error) {
    throw new TryAgainError([...failures, ...(error === failures[0] ? [] : [error as Error])].map(({ message }) => message).join('; '));
  }
}

async function byPager(parts: MessengerParts, { notifications: { pagerDuty } }: ApplicationPlan, announcement: Announcement): Promise<boolean> {
  if (pagerDuty === undefined || pagerAction(announcement) === undefined) return false;
  try {
    await tellPagerDuty(pagerDuty, announcement, parts.secrets, parts.region, parts.slackMs);
    return true;
  } catch (error) {
    if (error instanceof TryAgainError) await wait(parts, 'pagerduty', announcement, error);
    throw error;
  }
}

/** The card first: it is what people see. A reply that fails is repeated later, under a card that stands. */
async function speak({ threads }: MessengerParts, api: SlackApi, { channel }: SlackPlan, said: Announcement): Promise<void> {
  const before = await threads.read(said.application, said.incident);
  const card = cardAfter(before?.card ?? {}, said);
  const kept = { card, title: said.title, severity: said.severity };
  if (before === undefined) {
    const posted = await api.post(cardMessage(said, card, channel));
    const thread = await threads.open(said.application, said.incident, { ...posted, ...kept });
    // A card keeps changing: what was said first is kept in the thread as well.
    if (said.card !== undefined) await api.post(slackMessage(said, channel, thread.ts));
    return;
  }
  await Promise.all([
    api.update({ ...cardMessage(said, card, before.channel), ts: before.ts }).then(() => threads.keep(said.application, said.incident, { ...before, ...kept })),
    api.post(slackMessage(said, before.channel, before.ts)),
  ]);
}

/** After its time: the card shows what is newer by now, unless nothing was said since. */
async function late(parts: MessengerParts, api: SlackApi, slack: SlackPlan, said: Announcement): Promise<void> {
  const before = await parts.threads.read(said.application, said.incident);
  if (before === undefined || said.card?.question === null) return speak(parts, api, slack, said);
  await api.post(slackMessage({ ...said, lines: [...said.lines, 'Told late: Slack did not take it in time.'] }, before.channel, before.ts));
}

/** An outbox that does not take it either is told by the failure that led here. */
async function wait({ outbox, clock }: MessengerParts, way: Undelivered['way'], announcement: Announcement, error: TryAgainError): Promise<void> {
  const now = clock.now();
  const seconds = Math.max(FIRST_REPEAT_SECONDS, error instanceof SlackBusyError ? error.retryAfterSeconds : 0);
  await outbox.put({ way, announcement: withoutSecrets(announcement), dueAt: now + seconds * 1000, tries: 0, since: now }).catch(() => undefined);
}

async function publish(client: SNSClient, topic: string, said: Announcement, region: Region): Promise<void> {
  const { key, application, incident, severity, title, lines } = withoutSecrets(said);
  await asking({ action: 'sns:Publish', resource: `${topic} in ${region}` }, () => client.send(new PublishCommand({
    TopicArn: topic,
    // Subjects are ASCII without line breaks.
    Subject: `[${severity}] ${title}`.replace(/[^\x20-\x7e]/g, '?').slice(0, SUBJECT_LENGTH_MAX),
    Message: [title, ...lines, '', `${application} · ${incident}`].join('\n'),
    MessageAttributes: { key: { DataType: 'String', StringValue: key }, severity: { DataType: 'String', StringValue: severity } },
  })));
}
