// Hear: takes what Slack sends. Signature, age, form, place and person are looked at in this order, each request is heard once, and
// only then is anything done. Slack wants an answer within 3 s: what takes longer goes on while Slack is told so.
import { createHash } from 'node:crypto';
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { DrillStore } from '../../domain/drill.ts';
import type { Journal, Messenger, ObservationStore, AnnouncementStore, HeardStore, Clock, StartingExecutions } from '../../domain/ports.ts';
import type { AnsweringPorts } from '../../domain/answering.ts';
import { answerQuestion } from './answer-question.ts';
import { authorised } from './authorisation.ts';
import { rightFor, wishOf } from './command.ts';
import { fulfil } from './fulfil.ts';
import { requestName } from './replay.ts';
import { heard, type Command, type Press } from './request.ts';
import { genuine, type Signed } from './signature.ts';

/** Slack waits 3 s; half a second is for the way. */
const PATIENCE_MS = 2500;
const BODY_BYTES_MAX = 64_000;

export type HearPorts = AnsweringPorts & {
  readonly journal: Journal; readonly observations: ObservationStore; readonly announcements: AnnouncementStore; readonly messenger: Messenger;
  readonly heard: HeardStore; readonly clock: Clock; readonly drills: Pick<DrillStore, 'list'>; readonly executions: StartingExecutions;
  /** The signing secret of an application, as it is kept in this region. */
  readonly signingSecret: (secretId: string) => Promise<string>;
};
/** The part of a function URL's event that is read. */
export interface HttpRequest { readonly headers: Readonly<Record<string, string>>; readonly body?: string | undefined; readonly isBase64Encoded?: boolean | undefined; readonly requestContext: { readonly http: { readonly method: string } } }
export interface HttpAnswer { readonly statusCode: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }

export const hear = (ports: HearPorts, plans: readonly ApplicationPlan[], patienceMs = PATIENCE_MS) =>
  async (request: HttpRequest): Promise<HttpAnswer> => {
    const { headers, body = '', isBase64Encoded = false } = request;
    const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
    if (request.requestContext.http.method !== 'POST' || bytes.length > BODY_BYTES_MAX) return answered(405, '');
    const signed: Signed = { signature: headers['x-slack-signature'], timestamp: headers['x-slack-request-timestamp'], body: bytes };
    const ids = [...new Set(plans.flatMap(({ notifications: { slack } }) => slack?.people?.signingSecretId ?? []))];
    const found = genuine(signed, await Promise.all(ids.map((id) => ports.signingSecret(id))), ports.clock.now());
    // Whoever forges is told nothing, not even what was wrong.
    if (found.kind === 'forged') return answered(401, '');
    const own = plans.filter(({ notifications: { slack } }) => slack?.people?.signingSecretId === ids[found.secret]);
    const message = heard(headers['content-type'], bytes);
    if (message.kind === 'malformed') return answered(400, '');
    const late = ports.clock.sleep(patienceMs).then(() => answered(200, 'This takes longer than Slack waits. Look at the thread, and say it again if nothing is there.'));
    return Promise.race([act(ports, own, message, requestName(signed)), late]);
  };

async function act(ports: HearPorts, plans: readonly ApplicationPlan[], message: Press | Command, request: string): Promise<HttpAnswer> {
  const wish = message.kind === 'command' ? wishOf(message.words, plans.map(({ application }) => application)) : undefined;
  const named = message.kind === 'press' ? message.application : wish !== undefined && 'application' in wish ? wish.application : undefined;
  const person = authorised(message, named, wish === undefined ? 'approving' : rightFor(wish), plans);
  if (person.kind === 'stranger') return answered(403, '');
  if (!(await ports.heard.first(person.plan.application, request, ports.clock.now()))) return answered(409, '');
  if (message.kind === 'press') {
    await answerQuestion(ports, person, message);
    return answered(200, '');
  }
  if (person.kind === 'refused' || wish === undefined) return whispered(person.kind === 'refused' ? person.reason : '');
  const reply = await fulfil(ports, person.plan, person.by, wish, shortName(request));
  return reply.toAll ? said('in_channel', reply.text) : whispered(reply.text);
}

const shortName = (request: string): string => createHash('sha256').update(request).digest('hex').slice(0, 12);
const answered = (statusCode: number, text: string): HttpAnswer => (statusCode === 200 && text !== '' ? whispered(text) : { statusCode, headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' }, body: text });
const whispered = (text: string): HttpAnswer => said('ephemeral', text);
const said = (type: 'ephemeral' | 'in_channel', text: string): HttpAnswer =>
  ({ statusCode: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify({ response_type: type, text }) });
