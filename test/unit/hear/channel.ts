// A Slack channel, a waiting failover and `hear` between them: the real stores on a small DynamoDB, and a memory of every effect.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { announcementStore } from '../../../adapters/announcement-store.ts';
import { approvalAnswers } from '../../../adapters/approval-answers.ts';
import { approvalStore } from '../../../adapters/approval-store.ts';
import { drillStore } from '../../../adapters/drill-store.ts';
import { heardStore } from '../../../adapters/heard-store.ts';
import { journal } from '../../../adapters/journal.ts';
import { leaseStore } from '../../../adapters/lease-store.ts';
import { observationStore } from '../../../adapters/observation-store.ts';
import { table } from '../../../adapters/table.ts';
import { RefusedByAwsError } from '../../../domain/errors.ts';
import type { Lease } from '../../../domain/lease.ts';
import type { ApplicationPlan } from '../../../domain/plan.ts';
import type { Announcement } from '../../../domain/ports.ts';
import { hear, type HttpAnswer, type HttpRequest } from '../../../functions/hear/hear.ts';
import { signatureOf } from '../../../functions/hear/signature.ts';
import { DynamoDbStub } from '../adapters/dynamodb-stub.ts';
import { leadingTo } from '../adapters/wire.ts';
import { home, plan as example, start } from '../ports.ts';

export const SECRET = ['8f742231b10e', '8888abcd99yyyzzz85a5'].join('');
export const TOKEN = ['AAAAKgAAAAIAAAAAAAAAAa', 'task-token-of-run-1'].join('');
const people = example.notifications.slack!.people!;
export const [ANA, BEN, CHO] = [people.approvers['ana']!, people.approvers['ben']!, people.approvers['cho']!];
export const OPS = 'U0OPERATOR1';
export const plan: ApplicationPlan = {
  ...example, policy: { ...example.policy, approval: 'required' },
  notifications: { ...example.notifications, slack: { ...example.notifications.slack!, people: { ...people, operators: { olu: OPS } } } },
};
export const TEAM = people.team;
export const CHANNEL = plan.notifications.slack!.channel;
const other: ApplicationPlan = { ...plan, application: 'other', notifications: { ...plan.notifications, slack: { ...plan.notifications.slack!, channel: 'C0OTHERCHAN' } } };

export class Channel {
  readonly stub = new DynamoDbStub();
  readonly answered: { readonly region: string; readonly taskToken: string; readonly output: unknown }[] = [];
  readonly told: Announcement[] = [];
  readonly started: { readonly region: string; readonly arn: string; readonly name: string; readonly input: unknown }[] = [];
  now = start;
  /** False: it has timed out meanwhile. */
  waits = true;
  #client: DynamoDBClient | undefined;
  #stores: ReturnType<Channel['make']> | undefined;

  private make(client: DynamoDBClient) {
    const items = table(client, 'hotshift');
    return { items, leases: leaseStore(items), journal: journal(items), observations: observationStore(items), announcements: announcementStore(items), answers: approvalAnswers(items), approvals: approvalStore(items, { now: () => this.now }), heard: heardStore(items), drills: drillStore(items) };
  }

  get stores() { return this.#stores!; }

  async open(needed = 1, requestedBy?: string): Promise<this> {
    await this.stub.start();
    this.#client = new DynamoDBClient({ ...leadingTo(this.stub.wire, home, 'state'), maxAttempts: 1 });
    this.#stores = this.make(this.#client);
    const lease: Lease = { application: 'shop', epoch: 4, holder: 'run-1', expiresAt: start + 600_000, incident: 'incident-1', evacuated: home, acknowledgementDue: true };
    await this.stores.leases.replace(await this.stores.leases.read('shop'), lease);
    await this.stores.approvals.ask('run-1', 'shop', TOKEN, 'home is down', { epoch: 4, needed, ...(requestedBy === undefined ? {} : { requestedBy }) });
    return this;
  }

  async close(): Promise<void> {
    this.#client?.destroy();
    await this.stub.wire.stop();
  }

  hear(request: HttpRequest, patienceMs = 60_000): Promise<HttpAnswer> {
    const clock = { now: () => this.now, sleep: (ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms).unref(); }) };
    return hear({
      ...this.stores, clock, signingSecret: async () => SECRET,
      messenger: { send: async (_, announcement) => void this.told.push(announcement) },
      executions: { start: async (region, arn, name, input) => { this.started.push({ region, arn, name, input }); return arn; }, answer: async (region, taskToken, output) => {
        if (!this.waits || region !== 'eu-central-1') throw new RefusedByAwsError('the execution does not wait for this answer any more');
        this.answered.push({ region, taskToken, output });
      } },
    }, [plan, other], patienceMs)(request);
  }

  /** All that a request may have changed, but for the names of requests that were heard and of refusals that were told. */
  state(): string {
    const kept = [...this.stub.items].filter(([key]) => !/heard#|announcement#/.test(key)).sort();
    return JSON.stringify([kept, this.answered, this.started]);
  }
}

export interface Pressed { readonly team?: string; readonly channel?: string; readonly user?: string; readonly value?: unknown; readonly payload?: Readonly<Record<string, unknown>>; readonly action?: Readonly<Record<string, unknown>> }
export const value = (changes: object = {}) => ({ application: 'shop', execution: 'run-1', epoch: 4, word: 'approve', ...changes });
/** The body of a pressed button. */
export function press({ team = TEAM, channel = CHANNEL, user = ANA, value: carried = value(), payload = {}, action = {} }: Pressed = {}): string {
  const word = (carried as { word?: string } | null)?.word ?? 'approve';
  return new URLSearchParams({ payload: JSON.stringify({
    type: 'block_actions', team: { id: team }, channel: { id: channel, name: 'incidents' }, user: { id: user, team_id: team, name: 'whoever' }, response_url: 'https://evil.example/hook',
    actions: [{ type: 'button', action_id: `hotshift_${word}`, value: typeof carried === 'string' ? carried : JSON.stringify(carried), ...action }], ...payload,
  }) }).toString();
}
/** The body of a command. */
export const command = (text: string, { team = TEAM, channel = CHANNEL, user = ANA, name = '/hotshift' }: { team?: string; channel?: string; user?: string; name?: string } = {}): string =>
  new URLSearchParams({ command: name, text, team_id: team, channel_id: channel, user_id: user, user_name: 'ana' }).toString();

export interface Signing { readonly secret?: string; readonly at?: number; readonly method?: string; readonly base64?: boolean; readonly headers?: Readonly<Record<string, string | undefined>> }
/** As Slack would send it through a function URL. */
export function signed(body: string | Buffer, { secret = SECRET, at = start, method = 'POST', base64 = true, headers = {} }: Signing = {}): HttpRequest {
  const bytes = Buffer.from(body as string);
  const timestamp = String(Math.floor(at / 1000));
  const all = { 'content-type': 'application/x-www-form-urlencoded', 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signatureOf(secret, timestamp, bytes), ...headers };
  const given = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return { headers: given, body: base64 ? bytes.toString('base64') : bytes.toString('utf8'), isBase64Encoded: base64, requestContext: { http: { method } } };
}
