// SNS: topics per region, publishing to subscribers. Delivery goes to http endpoints on loopback only; every message is also kept and
// told to a hook. Subscriptions count as confirmed at once, and there are no filters, FIFO topics or text messages.
import * as client from '@aws-sdk/client-sns';
import type { PublishCommandInput, SubscribeCommandInput } from '@aws-sdk/client-sns';
import { randomUUID } from 'node:crypto';
import { fetchText } from '../../../adapters/fetch-text.ts';
import { ACCOUNT_ID, AwsError, type CallContext, type Clock, type Service } from '../service.ts';

export interface PublishedMessage {
  readonly topicArn: string;
  readonly messageId: string;
  readonly at: number;
  readonly message: string;
  readonly subject?: string;
}

export interface SnsOptions {
  readonly clock: Clock;
  readonly topics?: readonly { readonly region: string; readonly name: string }[];
  readonly onMessage?: (message: PublishedMessage) => void;
  /** Told of deliveries that failed; SNS retries these for long, the twin once more. */
  readonly onDeliveryFailure?: (endpoint: string, error: unknown) => void;
}

export interface SnsService extends Service {
  /** All messages, oldest first. */
  readonly published: readonly PublishedMessage[];
}

interface Topic { readonly arn: string; readonly name: string; readonly subscriptions: { readonly arn: string; readonly protocol: string; readonly endpoint: string }[] }

const MESSAGE_BYTES_MAX = 256 * 1024;
const DELIVERY_TIMEOUT_MS = 5000;

export function snsService(options: SnsOptions): SnsService {
  const topics = new Topics(options);
  for (const { region, name } of options.topics ?? []) topics.create(name, region);
  const handlers = {
    CreateTopic: (input: { Name: string }, { region }: CallContext) => ({ TopicArn: topics.create(input.Name, region).arn }),
    ListTopics: (_input: unknown, { region }: CallContext) => ({ Topics: topics.list(region).map(({ arn }) => ({ TopicArn: arn })) }),
    GetTopicAttributes: (input: { TopicArn: string }, { region }: CallContext) => {
      const topic = topics.get(input.TopicArn, region);
      return { Attributes: { TopicArn: topic.arn, Owner: ACCOUNT_ID, DisplayName: '', SubscriptionsConfirmed: String(topic.subscriptions.length), SubscriptionsPending: '0', SubscriptionsDeleted: '0' } };
    },
    Subscribe: (input: SubscribeCommandInput, { region }: CallContext) => ({ SubscriptionArn: topics.subscribe(input, region) }),
    Publish: (input: PublishCommandInput, { region }: CallContext) => ({ MessageId: topics.publish(input, region) }),
  };
  return { name: 'sns', signingName: 'sns', client, scope: 'regional', handlers, published: topics.published };
}

class Topics {
  readonly published: PublishedMessage[] = [];
  readonly #topics = new Map<string, Topic>();
  readonly #options: SnsOptions;

  constructor(options: SnsOptions) {
    this.#options = options;
  }

  /** Makes a topic, or finds the one of that name. */
  create(name: string, region: string): Topic {
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) throw invalid('Topic Name');
    const arn = `arn:aws:sns:${region}:${ACCOUNT_ID}:${name}`;
    const topic = this.#topics.get(arn) ?? { arn, name, subscriptions: [] };
    this.#topics.set(arn, topic);
    return topic;
  }

  list(region: string): readonly Topic[] {
    return [...this.#topics.values()].filter(({ arn }) => arn.split(':')[3] === region);
  }

  get(arn: string, region: string): Topic {
    const [prefix, , service, arnRegion] = arn.split(':');
    // A topic of another region is an invalid parameter, not an absent topic.
    if (prefix !== 'arn' || service !== 'sns' || arnRegion !== region) throw invalid('TopicArn');
    const topic = this.#topics.get(arn);
    if (topic === undefined) throw new AwsError('NotFoundException', 'Topic does not exist', { status: 404 });
    return topic;
  }

  subscribe({ TopicArn = '', Protocol = '', Endpoint = '' }: SubscribeCommandInput, region: string): string {
    const topic = this.get(TopicArn, region);
    const webProtocol = Protocol === 'http' || Protocol === 'https';
    if (!['http', 'https', 'email', 'lambda', 'sqs'].includes(Protocol)) throw invalid('Amazon SNS does not support this protocol string');
    if (webProtocol && !isLoopback(Endpoint)) throw invalid('Endpoint (the twin delivers to loopback only)');
    const known = topic.subscriptions.find(({ protocol, endpoint }) => protocol === Protocol && endpoint === Endpoint);
    if (known !== undefined) return known.arn;
    const arn = `${topic.arn}:${randomUUID()}`;
    topic.subscriptions.push({ arn, protocol: Protocol, endpoint: Endpoint });
    return arn;
  }

  publish({ TopicArn, TargetArn, PhoneNumber, Message = '', Subject }: PublishCommandInput, region: string): string {
    if (PhoneNumber !== undefined) throw new AwsError('NotImplemented', 'The twin sends no text messages', { status: 501 });
    const topic = this.get(TopicArn ?? TargetArn ?? '', region);
    if (Message === '') throw invalid('Empty message');
    if (Buffer.byteLength(Message) > MESSAGE_BYTES_MAX) throw invalid('Message too long');
    if (Subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(Subject)) throw invalid('Subject');
    const message: PublishedMessage = { topicArn: topic.arn, messageId: randomUUID(), at: this.#options.clock.now(), message: Message, ...(Subject === undefined ? {} : { subject: Subject }) };
    this.published.push(message);
    this.#options.onMessage?.(message);
    for (const { protocol, endpoint } of topic.subscriptions) {
      if (protocol === 'http' || protocol === 'https') void this.#deliver(endpoint, message);
    }
    return message.messageId;
  }

  async #deliver(endpoint: string, message: PublishedMessage): Promise<void> {
    const body = JSON.stringify({
      Type: 'Notification', MessageId: message.messageId, TopicArn: message.topicArn, Subject: message.subject,
      Message: message.message, Timestamp: new Date(message.at).toISOString(), SignatureVersion: '1',
    });
    for (let attempt = 1; ; attempt += 1) {
      try {
        const headers = { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': 'Notification', 'x-amz-sns-topic-arn': message.topicArn };
        const { ok, status } = await fetchText(endpoint, { method: 'POST', headers, body }, DELIVERY_TIMEOUT_MS);
        if (ok) return;
        throw new Error(`HTTP ${status}`);
      } catch (error) {
        if (attempt === 2) return void this.#options.onDeliveryFailure?.(endpoint, error);
      }
    }
  }
}

function isLoopback(endpoint: string): boolean {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

const invalid = (what: string): AwsError => new AwsError('InvalidParameterException', `Invalid parameter: ${what}`);
