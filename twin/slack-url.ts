// The request URL of the twin's Slack app: the function URL of `hear` in the witness region, as Lambda passes a form on (in base64).
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { LambdaHost } from './lambda/host.ts';
import { addressOf } from './network/addresses.ts';
import { WITNESS } from './settings.ts';

export interface SlackUrl { readonly url: string; close(): Promise<void> }

export async function startSlackUrl(lambdas: LambdaHost, name: string): Promise<SlackUrl> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
      const event = { version: '2.0', rawPath: request.url, headers, body: Buffer.concat(chunks).toString('base64'), isBase64Encoded: true, requestContext: { http: { method: request.method, path: request.url } } };
      lambdas.invoke(name, WITNESS, Buffer.from(JSON.stringify(event))).then(({ payload, functionError }) => {
        if (functionError !== undefined) return response.writeHead(502).end('Internal Server Error');
        const answer = JSON.parse(Buffer.from(payload).toString('utf8')) as { readonly statusCode: number; readonly headers: Record<string, string>; readonly body: string };
        return response.writeHead(answer.statusCode, answer.headers).end(answer.body);
      }).catch(() => response.writeHead(502).end('Internal Server Error'));
    });
  });
  server.listen(0, addressOf(WITNESS));
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://${addressOf(WITNESS)}:${port}/`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
