// One request of one health checker to one endpoint, with Route 53's two limits: so long to connect, and so long from
// there to a status code of 2xx or 3xx. It always resolves, with what it saw in words; certificates are not validated.
import { request as httpRequest, type ClientRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { EndpointCheck } from './health-check.ts';

/** Route 53 developer guide: 4 s to connect and 2 s for the status code; a TCP check has 10 s to connect. */
const CONNECT_SECONDS = 4;
const RESPONSE_SECONDS = 2;
const TCP_CONNECT_SECONDS = 10;

export interface EndpointResult {
  readonly passed: boolean;
  /** As GetHealthCheckStatus words it. */
  readonly reason: string;
}

export interface RequestOptions {
  readonly timeScale: number;
  readonly view: (address: string) => string;
  /** Aborts the request when the checkers are closed. */
  readonly signal: AbortSignal;
}

/** Asks the endpoint once. */
export function requestEndpoint(check: EndpointCheck, options: RequestOptions): Promise<EndpointResult> {
  return check.kind === 'TCP' ? connectOnly(check, options) : askForStatus(check, options);
}

function askForStatus(check: EndpointCheck, { timeScale, view, signal }: RequestOptions): Promise<EndpointResult> {
  return new Promise((resolve) => {
    const send = check.kind === 'HTTPS' ? httpsRequest : httpRequest;
    const asked: ClientRequest = send({
      host: view(check.address),
      port: check.port,
      path: check.path,
      agent: false,
      signal,
      headers: { host: check.hostName ?? check.address, 'user-agent': 'Amazon-Route53-Health-Check-Service (twin)' },
      ...(check.kind === 'HTTPS' ? { rejectUnauthorized: false } : {}),
    });
    const end = (passed: boolean, reason: string): void => {
      clearTimeout(timer);
      asked.destroy();
      resolve({ passed, reason });
    };
    const unconnected = 'Failure: Connection timed out. The endpoint or the internet connection is down, or requests are being blocked by your firewall.';
    let timer = setTimeout(() => end(false, unconnected), CONNECT_SECONDS * 1000 * timeScale);
    asked.on('socket', (socket) => {
      socket.once('connect', () => {
        clearTimeout(timer);
        timer = setTimeout(() => end(false, 'Failure: The health checker could establish a connection, but no response was received in time.'), RESPONSE_SECONDS * 1000 * timeScale);
      });
    });
    asked.on('response', (response) => {
      const status = response.statusCode ?? 0;
      const passed = status >= 200 && status < 400;
      end(passed, `${passed ? 'Success' : 'Failure'}: HTTP Status Code ${status}, ${response.statusMessage ?? ''}`);
    });
    asked.on('error', (error) => end(false, `Failure: ${error.message}`));
    asked.end();
  });
}

function connectOnly(check: EndpointCheck, { timeScale, view, signal }: RequestOptions): Promise<EndpointResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: view(check.address), port: check.port, signal });
    const end = (passed: boolean, reason: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ passed, reason });
    };
    const timer = setTimeout(() => end(false, 'Failure: Connection timed out.'), TCP_CONNECT_SECONDS * 1000 * timeScale);
    socket.once('connect', () => end(true, 'Success: TCP connection was established.'));
    socket.once('error', (error) => end(false, `Failure: ${error.message}`));
  });
}
