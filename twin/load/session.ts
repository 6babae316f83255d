// A user's sessions: opened once, shown with each read, and opened again only when the application refuses one. Logging in goes beside the
// load and counts as none of its requests: it must not change what is measured.
import { request, type Agent } from 'node:http';
import type { SessionSeen } from './aftermath.ts';

export interface LogIn { readonly host: string; readonly port: number; readonly name: string; readonly agent: Agent; readonly user: string; readonly limitMs: number }

const COOKIE = /^session=[^;]+/;
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export class Sessions {
  readonly #now: () => number;
  readonly #seen: Mutable<SessionSeen>[] = [];
  #cookie: string | undefined;
  #opening = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  get seen(): readonly SessionSeen[] {
    return this.#seen.map((session) => ({ ...session }));
  }

  get cookie(): string | undefined {
    return this.#cookie;
  }

  /** Logs in unless there is a session, or somebody is at it. What fails is tried again with the next request. */
  ensure(at: LogIn): void {
    if (this.#cookie !== undefined || this.#opening) return;
    this.#opening = true;
    void logIn(at).then((cookie) => {
      this.#opening = false;
      if (cookie === undefined) return;
      this.#cookie = cookie;
      this.#seen.push({ openedAt: this.#now() });
    });
  }

  /** An answer to a request that showed this cookie. A session that was refused is given up. */
  heard(shown: string, answer: 'accepted' | 'refused'): void {
    const session = this.#seen.at(-1);
    // A late answer is about a session of before.
    if (session === undefined || shown !== this.#cookie) return;
    if (answer === 'accepted') session.acceptedAt = this.#now();
    else {
      session.refusedAt = this.#now();
      this.#cookie = undefined;
    }
  }
}

/** The cookie, or undefined when there is none in time. */
function logIn({ host, port, name, agent, user, limitMs }: LogIn): Promise<string | undefined> {
  const body = JSON.stringify({ user });
  return new Promise((resolve) => {
    const sent = request({ host, port, agent, method: 'POST', path: '/sessions', timeout: limitMs, headers: { host: `${name}:${port}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.on('response', (response) => {
      response.on('error', () => resolve(undefined));
      response.resume().on('end', () => resolve(COOKIE.exec(response.headers['set-cookie']?.[0] ?? '')?.[0]));
    });
    sent.end(body);
  });
}
