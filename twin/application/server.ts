// The HTTP face of the sample application. It answers what is true: 201 only for a write that may be acknowledged, 503 with the
// reason for all others, and a deep health check whose content, not its status, tells what works.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { WriteOutcomeUnknownError, WriteRefusedError } from '../../guard/index.ts';
import type { ApplicationConfig } from './config.ts';
import { deepHealth } from './health.ts';
import { Reads } from './reads.ts';
import { cookieIn, openSession, readSession, SESSION, sessionCookie } from './sessions.ts';
import { homeIn, servedBy, storeOf, type Store, type Stores } from './stores.ts';
import { writeClient } from './writes.ts';

export interface ServerParts { readonly config: ApplicationConfig; readonly stores: Stores; readonly counts: Counts }
/** What happened, by name. */
export class Counts {
  readonly #counts: Record<string, number> = {};
  add(name: string): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + 1;
  }
  all(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }
}

interface Answer { readonly status: number; readonly body: unknown; /** To be set. */ readonly cookie?: string }
type Route = (request: { readonly url: URL; readonly part: string; readonly body: Record<string, unknown>; readonly token: string; readonly home: string | undefined; /** Token of the session's cookie. */ readonly session: string | undefined }) => Promise<Answer> | Answer;

const BODY_BYTES_MAX = 64 * 1024;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const no = (status: number, error: string, reason: string): Answer => ({ status, body: { error, reason } });

export function applicationServer(parts: ServerParts): Server {
  const routes = routesOf(parts);
  return createServer((request, response) => {
    answerTo(routes, request).catch((error: unknown) => failure(error, parts.counts)).then((answer) => send(response, answer, parts.config.region), () => response.destroy());
  });
}

/** What a user's requests go to. */
interface Desk { readonly store: Store; readonly reads: Reads; readonly write: ReturnType<typeof writeClient> }

function routesOf({ config, stores, counts }: ServerParts): Readonly<Record<string, Route>> {
  const [{ guard, local, writers }] = stores;
  const desks = stores.map((store): Desk => ({ store, reads: new Reads(store.local, config.readCacheMs, () => store.guard.permit().epoch), write: writeClient(store.guard, store.writers) }));
  const deskOf = (home: string | undefined): Desk => desks[stores.indexOf(storeOf(stores, home))] as Desk;
  const deep = deepHealth({ stores, config });
  return {
    'POST /writes': async ({ body, home }) => {
      const { id, payload = '' } = body;
      if (typeof id !== 'string' || !UUID.test(id) || typeof payload !== 'string') return no(400, 'invalid', 'id must be a UUID and payload a text');
      counts.add('writes offered');
      const { store, write } = deskOf(home);
      const written = await write({ id, region: config.region, payload });
      counts.add('writes acknowledged');
      return { status: 201, body: { ...written, ...pinned(store) } };
    },
    'GET /reads': async ({ home, session }) => {
      if (session !== undefined && readSession(session, config.sessionKey, Date.now()) === undefined) {
        counts.add('sessions refused');
        return no(401, 'no session', 'the session is not valid: log in again');
      }
      const { store, reads } = deskOf(home);
      return { status: 200, body: { ...await reads.newest(), ...(session === undefined ? {} : { session: 'accepted' }), ...pinned(store) } };
    },
    'GET /reads/': async ({ part, home }) => {
      if (!UUID.test(part)) return no(400, 'invalid', 'the id must be a UUID');
      const row = await deskOf(home).reads.one(part);
      return row === undefined ? no(404, 'unknown', `there is no write ${part} here`) : { status: 200, body: row };
    },
    'POST /sessions': async ({ body }) => {
      const [user] = await local.query<{ name: string }>({ text: 'select name from app_user where name = $1', values: [body.user] });
      if (user === undefined) return no(404, 'unknown', 'there is no such user');
      counts.add('sessions opened');
      const token = openSession(user.name, config.region, config.sessionKey, Date.now());
      return { status: 201, body: { token }, cookie: sessionCookie(token) };
    },
    'GET /session': ({ token }) => {
      const session = readSession(token, config.sessionKey, Date.now());
      counts.add(session === undefined ? 'sessions refused' : session.iss === config.region ? 'sessions seen' : 'sessions kept');
      return session === undefined ? no(401, 'no session', 'the token is not valid') : { status: 200, body: { ...session, region: config.region } };
    },
    'GET /health': () => ({ status: 200, body: { status: 'ok', region: config.region } }),
    'GET /health/deep': async ({ url }) => ({ status: 200, body: await deep(url.searchParams.get('nonce') ?? '') }),
    'GET /metrics': () => ({
      status: 200, body: { region: config.region, pid: process.pid, counts: counts.all(), pool: { local: local.counts, writer: writers.counts, recycled: writers.recycled }, cache: deskOf(undefined).reads.counts, permit: guard.permit() },
    }),
  };
}

/** A pinned user hears with each answer which region serves them now. */
function pinned(store: Store): { readonly served?: string } {
  const served = servedBy(store);
  return served === undefined ? {} : { served };
}

async function answerTo(routes: Readonly<Record<string, Route>>, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://application');
  const method = request.method ?? 'GET';
  const route = routes[`${method} ${url.pathname}`];
  const cut = url.pathname.lastIndexOf('/') + 1;
  const found = route ?? routes[`${method} ${url.pathname.slice(0, cut)}`];
  if (found === undefined) return no(404, 'unknown', `there is no ${method} ${url.pathname}`);
  const body = await readBody(request);
  if (body === undefined) return no(400, 'invalid', `the body must be a JSON object of at most ${BODY_BYTES_MAX} bytes`);
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  return found({ url, part: url.pathname.slice(cut), body, token, home: homeIn(request.headers.cookie), session: cookieIn(request.headers.cookie, SESSION) });
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  let text = '';
  for await (const bytes of request) {
    text += String(bytes);
    if (text.length > BODY_BYTES_MAX) return undefined;
  }
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

/** What was not acknowledged, and whether it may have been written. */
function failure(error: unknown, counts: Counts): Answer {
  const reason = error instanceof Error ? error.message || error.name : String(error);
  if (error instanceof WriteRefusedError) {
    counts.add('writes refused');
    return no(503, 'refused', reason);
  }
  if (error instanceof WriteOutcomeUnknownError) {
    counts.add('writes unknown');
    return no(503, 'unknown', reason);
  }
  counts.add('failures');
  return no(503, 'failed', reason);
}

function send(response: ServerResponse, { status, body, cookie }: Answer, region: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-region': region, ...(cookie === undefined ? {} : { 'set-cookie': cookie }), ...(status === 503 ? { 'retry-after': '1' } : {}) });
  response.end(JSON.stringify(body));
}
