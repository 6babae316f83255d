// A stand-in for the permit store: DynamoDB's GetItem and UpdateItem over HTTP for what guard/dynamodb.ts sends, on one permit that the
// test grants and withdraws and the items of its servers. It understands nothing else and says so.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Request {
  readonly Key: { readonly sk: { readonly S: string } };
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly N?: string }>>;
}
interface Reply { readonly status: number; readonly body: object }

export class StubStore {
  permit: { epoch: number; writer: string; withdrawn: boolean } | undefined;
  readonly renewals: Record<string, number> = {};
  readonly surrenders: Record<string, number> = {};
  /** `broken` answers 500, `silent` not at all. */
  mode: 'ok' | 'broken' | 'silent' = 'ok';
  readonly #server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (bytes) => { text += String(bytes); });
    request.on('end', () => {
      if (this.mode === 'silent') return;
      const { status, body } = this.mode === 'broken' ? { status: 500, body: { __type: 'InternalServerError', message: 'broken' } } : this.#answer(JSON.parse(text) as Request);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    });
  });

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** A grant replaces the permit and leaves the servers' items, as adapters/permit-store.ts does. */
  grant(epoch: number, writer: string): void {
    this.permit = { epoch, writer, withdrawn: false };
  }

  withdraw(): void {
    if (this.permit !== undefined) this.permit.withdrawn = true;
  }

  #answer({ Key: { sk }, UpdateExpression, ExpressionAttributeValues: values }: Request): Reply {
    const server = sk.S;
    switch (UpdateExpression) {
      case undefined: return this.#read();
      case 'SET #renewedAt = :now': return newer(this.renewals, server, Number(values?.[':now']?.N));
      case 'SET #surrendered = :epoch': return this.renewals[server] === undefined ? REFUSED : newer(this.surrenders, server, Number(values?.[':epoch']?.N));
      default: return { status: 400, body: { __type: 'ValidationException', message: `the stub does not know ${UpdateExpression}` } };
    }
  }

  #read(): Reply {
    if (this.permit === undefined) return { status: 200, body: {} };
    const { epoch, writer, withdrawn } = this.permit;
    return { status: 200, body: { Item: { epoch: { N: String(epoch) }, writer: { S: writer }, withdrawn: { BOOL: withdrawn } } } };
  }
}

/** Both conditions let only what is newer through. */
function newer(numbers: Record<string, number>, server: string, number: number): Reply {
  if ((numbers[server] ?? -Infinity) >= number) return REFUSED;
  numbers[server] = number;
  return { status: 200, body: {} };
}

const REFUSED: Reply = { status: 400, body: { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: 'The conditional request failed' } };
