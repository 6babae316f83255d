// Who may ask the console for what. It listens on loopback, but every page that this machine's browser shows can send requests there:
// so the Host must be the console's own (a name that was rebound to loopback is another one), a foreign Origin gets nothing, and an action
// wants the token besides, which only the terminal has shown. Pure.
import { createHash, timingSafeEqual } from 'node:crypto';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}
export interface Refusal { readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 415; readonly error: string }

export const TOKEN_HEADER = 'x-hotshift-token';
const ACTIONS = '/actions/';

/** Undefined: go on. `port`: where the console listens. */
export function refusal({ method, path, headers }: Asked, port: number, token: string): Refusal | undefined {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host, origin, 'sec-fetch-site': site } = headers;
  if (typeof host !== 'string' || !own.includes(host.toLowerCase())) return { status: 403, error: 'this Host is not the console' };
  const isAction = path.startsWith(ACTIONS);
  if (origin !== undefined && (typeof origin !== 'string' || origin !== `http://${host}`)) return { status: 403, error: 'this Origin is not the console' };
  // A person may follow a link to the page from anywhere; nothing else of another site gets an answer.
  if (site !== undefined && !(site === 'same-origin' || site === 'none' || (path === '/' && headers['sec-fetch-dest'] === 'document'))) return { status: 403, error: 'asked from another site' };
  if (!isAction) return method === 'GET' ? undefined : { status: 405, error: 'only GET here' };
  if (method !== 'POST') return { status: 405, error: 'an action is a POST' };
  // Browsers name the Origin with every POST.
  if (origin === undefined) return { status: 403, error: 'an action names its Origin' };
  if (!same(headers[TOKEN_HEADER], token)) return { status: 401, error: 'the token is missing or wrong: open the link that the terminal shows' };
  if (!/^application\/json\s*(;|$)/.test(String(headers['content-type'] ?? ''))) return { status: 415, error: 'send application/json' };
  return undefined;
}

export const actionOf = (path: string): string => path.slice(ACTIONS.length);

/** In constant time: digests of one length are compared, so that not even the length of the token can be found by waiting. */
function same(given: string | readonly string[] | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(typeof given === 'string' ? given : ''), digest(token)) && typeof given === 'string';
}
