// A stand-in for the permit store: DynamoDB's UpdateItem over HTTP for the two updates of guard/dynamodb.ts, on one item that the
// test grants and withdraws. It understands nothing else and says so.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Update {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Readonly<Record<string, { readonly N?: string }>>;
}

const RENEW = ['SET #renewals.#instance = :now', '#withdrawn = :false AND (attribute_not_exists(#renewals.#instance) OR #renewals.#instance < :now)'].join('|');
const SURRENDER = ['SET #surrenders.#instance = :epoch', '#withdrawn = :true AND #epoch = :epoch'].join('|');

export class StubStore {
  permit: { epoch: number; writer: string; withdrawn: boolean; renewals: Record<string, number>; surrenders: Record<string, number> } | undefined;
  /** `broken` answers 500, `silent` not at all. */
  mode: 'ok' | 'broken' | 'silent' = 'ok';
  readonly #server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (bytes) => { text += String(bytes); });
    request.on('end', () => {
      if (this.mode === 'silent') return;
      const { status, body } = this.mode === 'broken' ? { status: 500, body: { __type: 'InternalServerError', message: 'broken' } } : this.#answer(JSON.parse(text) as Update);
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

  /** A grant replaces the item, as adapters/permit-store.ts does. */
  grant(epoch: number, writer: string): void {
    this.permit = { epoch, writer, withdrawn: false, renewals: {}, surrenders: {} };
  }

  withdraw(): void {
    if (this.permit !== undefined) this.permit.withdrawn = true;
  }

  #answer(update: Update): { readonly status: number; readonly body: object } {
    const { permit } = this;
    const instance = update.ExpressionAttributeNames['#instance'] ?? '';
    const kind = `${update.UpdateExpression}|${update.ConditionExpression}`;
    if (kind !== RENEW && kind !== SURRENDER) return { status: 400, body: { __type: 'ValidationException', message: `the stub does not know ${kind}` } };
    if (permit === undefined) return refused();
    if (kind === SURRENDER) {
      const epoch = Number(update.ExpressionAttributeValues[':epoch']?.N);
      if (!permit.withdrawn || permit.epoch !== epoch) return refused(this.#item());
      permit.surrenders[instance] = epoch;
      return { status: 200, body: {} };
    }
    const now = Number(update.ExpressionAttributeValues[':now']?.N);
    if (permit.withdrawn || (permit.renewals[instance] ?? -Infinity) >= now) return refused(this.#item());
    permit.renewals[instance] = now;
    return { status: 200, body: { Attributes: this.#item() } };
  }

  #item(): object {
    const { epoch, writer, withdrawn } = this.permit ?? { epoch: 0, writer: '', withdrawn: true };
    return { epoch: { N: String(epoch) }, writer: { S: writer }, withdrawn: { BOOL: withdrawn } };
  }
}

const refused = (Item?: object) => ({
  status: 400, body: { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: 'The conditional request failed', ...(Item === undefined ? {} : { Item }) },
});
