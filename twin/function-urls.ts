// Function URLs of the twin: plain HTTP in both regions, each request an event for the function that stands behind it. It is for health
// checkers, which come from the users' side; a few requests are served at a time, the others wait, as reserved concurrency makes them.
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { LambdaHost } from './lambda/host.ts';
import { addressOf, linkAddress, USERS } from './network/addresses.ts';
import type { Network } from './network/network.ts';
import { reservePort } from './network/ports.ts';
import { REGION_A, REGION_B } from './settings.ts';

const SERVED = [REGION_A, REGION_B] as const;
/** Each environment is a process: two are enough for 16 questions a second. */
const CONCURRENCY = 2;

export interface FunctionUrls {
  /** The same port in both regions. */
  readonly port: number;
  /** Until then every request is answered with 503: the functions have no plan yet. */
  open(): void;
  close(): Promise<void>;
}

export async function startFunctionUrls({ network, lambdas, name }: { readonly network: Network; readonly lambdas: LambdaHost; readonly name: string }): Promise<FunctionUrls> {
  const { port, release } = await reservePort(SERVED.flatMap((region) => [addressOf(region), linkAddress(USERS, region)]));
  await release();
  let isOpen = false;
  const servers = await Promise.all(SERVED.map((region) => listen(region, port, (path) => (isOpen ? invoked(lambdas, name, region, path) : Promise.resolve({ statusCode: 503, body: 'starting' })))));
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => {
      server.close(() => resolve());
      // After it: a checker that asks again at once would otherwise keep a connection open.
      server.closeAllConnections();
    })));
  };
  try {
    await network.openLinks(SERVED.map((region) => ({ from: USERS, to: region, listen: { host: linkAddress(USERS, region), port }, target: { host: addressOf(region), port } })));
  } catch (error) {
    await close();
    throw error;
  }
  return { port, open: () => { isOpen = true; }, close };
}

interface Answer { readonly statusCode: number; readonly body: string }

async function listen(region: string, port: number, answer: (path: string) => Promise<Answer>): Promise<Server> {
  const waiting: (() => void)[] = [];
  let busy = 0;
  const next = (): void => {
    busy -= 1;
    waiting.shift()?.();
  };
  const serve = (path: string, response: ServerResponse): void => {
    busy += 1;
    answer(path).then(
      ({ statusCode, body }) => response.writeHead(statusCode, { 'content-type': 'text/plain' }).end(body),
      // As Lambda answers for a function that failed.
      () => response.writeHead(502, { 'content-type': 'text/plain' }).end('Internal Server Error'),
    ).finally(next);
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (busy < CONCURRENCY) serve(path, response);
    else waiting.push(() => serve(path, response));
  });
  server.listen(port, addressOf(region));
  await once(server, 'listening');
  return server;
}

async function invoked(lambdas: LambdaHost, name: string, region: string, rawPath: string): Promise<Answer> {
  const event = { version: '2.0', rawPath, requestContext: { http: { method: 'GET', path: rawPath } } };
  const { payload, functionError } = await lambdas.invoke(name, region, Buffer.from(JSON.stringify(event)));
  if (functionError !== undefined) throw new Error(`${name} in ${region} failed`);
  return JSON.parse(Buffer.from(payload).toString('utf8')) as Answer;
}
