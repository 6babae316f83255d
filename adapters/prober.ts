// Probes over HTTP as a user would: own name look-up, a fresh connection, checked TLS, no redirects, one deadline for everything from
// the look-up to the last byte. A failure is an outcome; nothing here rejects.
import { randomUUID } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { ProbeFailure } from '../domain/observation.ts';
import type { Prober } from '../domain/ports.ts';
import type { Environment } from './environment.ts';
import { healthOutcome, unanswered, type HealthAnswer } from './health.ts';
import { lookupThrough } from './names.ts';

/** A health answer is a few hundred bytes; more is not one. */
const PROBE_BYTES_MAX = 16 * 1024;
/** A warmed page is read to its end, so that the cache behind it is filled, but not without a bound. */
const WARM_BYTES_MAX = 4 * 1024 * 1024;

export interface ProberSettings {
  readonly dnsServers: readonly string[];
  /** Certificates to trust besides the system's, as PEM: a private authority. Checking itself cannot be switched off. */
  readonly certificates?: string;
}

export function httpProber({ dnsServers, certificates }: ProberSettings): Prober {
  const way: Way = { lookup: lookupThrough(dnsServers), ...(certificates === undefined ? {} : { ca: certificates }) };
  return {
    async probe(baseUrl, timeoutSeconds) {
      const nonce = randomUUID();
      const startedAt = performance.now();
      const outcome = await fetched(way, `${baseUrl.replace(/\/+$/, '')}/health/deep?nonce=${nonce}`, timeoutSeconds, PROBE_BYTES_MAX)
        .then((answer) => healthOutcome(answer, nonce), (error: unknown) => unanswered(...failureOf(error)));
      return { ...outcome, latencyMs: performance.now() - startedAt };
    },
    // Any answer shows that this vantage point reaches something; a redirect or an error page does too.
    reachesControl: (controlUrl, timeoutSeconds) => fetched(way, controlUrl, timeoutSeconds, 0).then(() => true, () => false),
    fetch: (url, timeoutSeconds) => fetched(way, url, timeoutSeconds, WARM_BYTES_MAX).then((answer) => answer.status, () => 0),
  };
}

/** The prober of a Lambda. */
export const proberOf = ({ dnsServers }: Pick<Environment, 'dnsServers'>): Prober => httpProber({ dnsServers });

interface Way { readonly lookup: LookupFunction; readonly ca?: string }

/** What ended a request before its answer was complete. */
class Unanswered extends Error {
  readonly failure: ProbeFailure;
  constructor(failure: ProbeFailure, detail: string) {
    super(detail);
    this.failure = failure;
  }
}

/** One GET. `bytesMax` 0 asks for the head of the answer only. */
function fetched(way: Way, address: string, timeoutSeconds: number, bytesMax: number): Promise<HealthAnswer> {
  return new Promise((resolve, reject) => {
    const url = new URL(address);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    // `agent: false`: a connection of its own. A kept one would only prove that an old connection still stands.
    const request = send(url, { ...way, agent: false, headers: { 'user-agent': 'hotshift', accept: 'application/json, */*;q=0.1', 'cache-control': 'no-store' } });
    let begun = false;
    let overdue: Unanswered | undefined;
    const deadline = setTimeout(() => {
      overdue = new Unanswered('timed-out', `no complete answer within ${timeoutSeconds} s`);
      request.destroy(overdue);
    }, timeoutSeconds * 1000);
    const settle = (act: () => void): void => { clearTimeout(deadline); act(); };
    request.on('response', (response) => {
      begun = true;
      body(response, bytesMax).then(
        (text) => settle(() => resolve({ status: response.statusCode ?? 0, contentType: response.headers['content-type'] ?? '', body: text })),
        // The deadline destroys the request; the response then only knows that it was cut off.
        (error: unknown) => settle(() => reject(overdue ?? error)),
      ).finally(() => request.destroy());
    });
    // Once the answer has begun, reading its body ends in any case and tells more.
    request.on('error', (error) => { if (!begun) settle(() => reject(error)); });
    request.end();
  });
}

async function body(response: IncomingMessage, bytesMax: number): Promise<string> {
  if (bytesMax === 0) return '';
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes > bytesMax) throw new Unanswered('bad-content', `more than ${bytesMax} bytes`);
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof Unanswered) throw error;
    throw new Unanswered('bad-content', `the answer broke off after ${bytes} bytes (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
  }
  if (!response.complete) throw new Unanswered('bad-content', `the answer broke off after ${bytes} bytes`);
  return Buffer.concat(parts).toString('utf8');
}

/** Why there was no answer, from what the socket, TLS or the look-up threw. */
function failureOf(error: unknown): [ProbeFailure, string] {
  if (error instanceof Unanswered) return [error.failure, error.message];
  const { code = '', message = String(error), errors = [] } = (error ?? {}) as { readonly code?: string; readonly message?: string; readonly errors?: readonly Error[] };
  const detail = `${code} ${message || errors.map((part) => part.message).join('; ')}`.trim().slice(0, 200);
  if (/^(ENOTFOUND|EAI_|ESERVFAIL|ETIMEOUT|ENODATA|EREFUSED|ECANCELLED)/.test(code)) return ['unresolved', detail];
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|^EPROTO$/.test(code)) return ['tls', detail];
  if (code === 'ETIMEDOUT') return ['timed-out', detail];
  if (code === 'ERR_INVALID_URL') return ['unresolved', detail];
  if (code.startsWith('HPE_')) return ['bad-content', detail];
  return ['refused', detail];
}
