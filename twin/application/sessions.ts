// Sessions that outlive a failover: signed tokens (JWT, HS256) with a key that both regions have, so that no region must remember
// them. A token with another algorithm, signature or end is no session.
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface Session { readonly sub: string; readonly iss: string; readonly iat: number; readonly exp: number }

const LIFE_SECONDS = 3600;
const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

/** The cookie of a session. HttpOnly: a script of the page need not read it. */
export const SESSION = 'session';
export const sessionCookie = (token: string): string => `${SESSION}=${token}; Path=/; Max-Age=${LIFE_SECONDS}; HttpOnly; SameSite=Lax`;

/** The value of a cookie, of a request's header. */
export function cookieIn(cookies: string | undefined, wanted: string): string | undefined {
  return (cookies ?? '').split(';').map((part) => part.trim().split('=')).find(([name]) => name === wanted)?.[1];
}

/** A new token for `user`, issued by `region`. */
export function openSession(user: string, region: string, key: string, nowMs: number): string {
  const iat = Math.floor(nowMs / 1000);
  const body = `${HEADER}.${encode({ sub: user, iss: region, iat, exp: iat + LIFE_SECONDS } satisfies Session)}`;
  return `${body}.${sign(body, key)}`;
}

/** The session of a token, or undefined when it is not a valid one. */
export function readSession(token: string, key: string, nowMs: number): Session | undefined {
  const [header, payload, signature, ...more] = token.split('.');
  if (header !== HEADER || payload === undefined || signature === undefined || more.length > 0) return undefined;
  const [given, right] = [Buffer.from(signature), Buffer.from(sign(`${header}.${payload}`, key))];
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const session = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Session;
  return session.exp * 1000 > nowMs ? session : undefined;
}

function sign(body: string, key: string): string {
  return createHmac('sha256', key).update(body).digest('base64url');
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
