// Slack's Web API as Hotshift uses it: one attempt, a short time limit, and errors of ours. Waiting and repeating is the outbox's
// work: a client that sleeps for Retry-After would hold up a failover.
import { LogLevel, WebClient, WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, type Logger } from '@slack/web-api';
import { RefusedByAwsError, TryAgainError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { Region, SlackPlan } from '../domain/plan.ts';
import { redactedText } from './redaction.ts';
import type { Secrets } from './secrets.ts';
import type { SlackMessage } from './slack-message.ts';

/** Slack is full, and says for how long. */
export class SlackBusyError extends TryAgainError {
  readonly retryAfterSeconds: number;
  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface SlackApi {
  /** Posts; answers where it stands. */
  post(message: SlackMessage): Promise<{ readonly channel: string; readonly ts: string }>;
  update(message: SlackMessage & { readonly ts: string }): Promise<void>;
}

/** Slack answers within tenths of a second; what takes longer is treated as lost. */
export const SLACK_MS = 2000;

/** The API with the token of a region's own secret, read when it is needed. */
export function slackApi(slack: Pick<SlackPlan, 'apiUrl' | 'channel' | 'tokenSecretId'>, secrets: Secrets, region: Region, slackMs = SLACK_MS): SlackApi {
  const call = async (method: string, body: object): Promise<Readonly<Record<string, unknown>>> => {
    const token = (await secrets.text(slack.tokenSecretId, region)).trim();
    try {
      return { ...(await clientOf(slack.apiUrl, token, slackMs).apiCall(method, { ...body })) };
    } catch (error) {
      const failure = failureOf(error, `${method} to slack channel ${slack.channel}`, token);
      if (/(invalid_auth|token_|not_authed|account_inactive)/.test(failure.message)) secrets.forget(slack.tokenSecretId, region);
      throw failure;
    }
  };
  return {
    async post(message) {
      const { channel, ts } = await call('chat.postMessage', message);
      if (typeof ts !== 'string') throw new UnexpectedAnswerError('chat.postMessage: the answer names no message');
      return { ts, channel: typeof channel === 'string' ? channel : message.channel };
    },
    async update(message) { await call('chat.update', message); },
  };
}

// The client's own log repeats what it sends.
const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, setLevel: () => undefined, getLevel: () => LogLevel.ERROR, setName: () => undefined };
const clients = new Map<string, WebClient>();
function clientOf(apiUrl: string, token: string, timeout: number): WebClient {
  const key = `${apiUrl} ${timeout} ${token}`;
  const client = clients.get(key) ?? new WebClient(token, { slackApiUrl: `${apiUrl.replace(/\/+$/, '')}/`, timeout, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, allowAbsoluteUrls: false, logger: silent });
  clients.set(key, client);
  return client;
}

const PASSING = /^(ratelimited|rate_limited|internal_error|fatal_error|service_unavailable|request_timeout|team_added_to_org)$/;

/** From the client's errors to ours. Only words of Slack's are repeated: a cause may hold the request, and with it the token. */
function failureOf(error: unknown, what: string, token: string): Error {
  if (error instanceof WebAPIRateLimitedError) return new SlackBusyError(`${what}: status 429, wait ${error.retryAfter} s`, error.retryAfter);
  if (error instanceof WebAPIHTTPError) return error.statusCode === 429 || error.statusCode >= 500 ? new TryAgainError(`${what}: status ${error.statusCode}`) : new UnexpectedAnswerError(`${what}: status ${error.statusCode}`);
  if (error instanceof WebAPIPlatformError) {
    const code = /^\w{1,60}$/.test(error.data.error) ? error.data.error : 'an error without a name';
    return PASSING.test(code) ? new TryAgainError(`${what}: ${code}`) : new RefusedByAwsError(`${what}: Slack refuses: ${code}`);
  }
  const { message, cause } = error as Error & { readonly cause?: { readonly code?: string } };
  return new TryAgainError(`${what}: ${redactedText(`${message} ${cause?.code ?? ''}`).replaceAll(token, '***').trim()}`);
}
