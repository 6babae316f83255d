// The permit store on a DynamoDB table, with the SDK handed in: this module depends on nothing. Reads one item, which says who the
// writer is and which it can never write, and writes one of its own. The table must be strongly consistent in all regions; eventual
// consistency would let two writers in.
import type { RenewalAnswer } from './permit.ts';
import type { Surrender } from './surrender.ts';

export interface DynamodbPermitOptions {
  /** `client.send.bind(client)` of a DynamoDBClient of the server's own region, with time-outs below the permit's life and few attempts. */
  readonly send: (command: never) => Promise<unknown>;
  /** Classes of @aws-sdk/client-dynamodb. */
  readonly GetItemCommand: new (input: never) => unknown;
  readonly UpdateItemCommand: new (input: never) => unknown;
  readonly tableName: string;
  readonly application: string;
  readonly database: string;
  /** Milliseconds since the epoch. */
  readonly wallClock?: () => number;
}

interface Attribute { readonly N?: string; readonly S?: string; readonly BOOL?: boolean }
type Item = Readonly<Record<string, Attribute>>;

/**
 * Renews a server's permit: writes down that it renews, and only THEN reads whether the permit still stands. In this order whoever
 * withdraws the permit and then lists the renewals misses nobody who may write. A server that was refused reads before it writes
 * again: it has nothing to renew until the permit is granted anew.
 */
export function dynamodbRenewal(options: DynamodbPermitOptions): (instanceId: string) => Promise<RenewalAnswer> {
  const { wallClock = Date.now } = options;
  let wasRefused = true;
  return async (instanceId) => {
    // Before anything is asked: the guard counts the permit from an earlier moment still.
    const now = Math.floor(wallClock());
    const before = wasRefused ? await permitOf(options) : undefined;
    if (before?.granted === false) return before;
    await recordRenewal(options, instanceId, now);
    const answer = await permitOf(options);
    wasRefused = !answer.granted;
    return answer;
  };
}

/** Records that a server has stopped writing, for the permit that it saw withdrawn and for no other. */
export function dynamodbSurrender(options: DynamodbPermitOptions): Surrender {
  return async (instanceId, epoch) => {
    const answer = await permitOf(options);
    // Another permit was granted meanwhile: there is nothing left to surrender. A withdrawn one never stands again.
    if (answer.granted || answer.epoch !== epoch) return;
    await update(options, instanceId, {
      UpdateExpression: 'SET #surrendered = :epoch',
      // Without a renewal there is nothing to give back.
      ConditionExpression: 'attribute_exists(#renewedAt) AND (attribute_not_exists(#surrendered) OR #surrendered < :epoch)',
      ExpressionAttributeNames: { '#surrendered': 'surrendered', '#renewedAt': 'renewedAt' },
      ExpressionAttributeValues: { ':epoch': { N: String(epoch) } },
    });
  };
}

/** A renewal that was overtaken on its way must not put the recorded time back, from which Hotshift counts; the later time covers it. */
const recordRenewal = (options: DynamodbPermitOptions, instanceId: string, now: number): Promise<void> => update(options, instanceId, {
  UpdateExpression: 'SET #renewedAt = :now',
  ConditionExpression: 'attribute_not_exists(#renewedAt) OR #renewedAt < :now',
  ExpressionAttributeNames: { '#renewedAt': 'renewedAt' },
  ExpressionAttributeValues: { ':now': { N: String(now) } },
});

/** One write of the server's own item. That something newer stands there already is as good. */
async function update({ send, UpdateItemCommand, tableName, application, database }: DynamodbPermitOptions, instanceId: string, input: object): Promise<void> {
  const Key = { pk: { S: `renewals#${application}#${database}` }, sk: { S: instanceId } };
  try {
    await send(new UpdateItemCommand({ TableName: tableName, Key, ...input } as never) as never);
  } catch (error) {
    if ((error as { readonly name?: unknown } | undefined)?.name !== 'ConditionalCheckFailedException') throw error;
  }
}

async function permitOf({ send, GetItemCommand, tableName, application, database }: DynamodbPermitOptions): Promise<RenewalAnswer> {
  const command = new GetItemCommand({
    TableName: tableName, Key: { pk: { S: `app#${application}` }, sk: { S: `permit#${database}` } }, ConsistentRead: true,
  } as never);
  const { Item: item } = await send(command as never) as { readonly Item?: Item };
  if (item === undefined) return { granted: false, reason: `no permit for ${database} of ${application} was ever granted` };
  const epoch = item.epoch?.N === undefined ? undefined : Number(item.epoch.N);
  // Whatever does not say that it stands does not.
  if (item.withdrawn?.BOOL !== false) return { granted: false, reason: `the permit of epoch ${epoch} for ${database} was withdrawn`, ...(epoch === undefined ? {} : { epoch }) };
  return { granted: true, epoch: epoch ?? Number.NaN, writer: item.writer?.S ?? '' };
}
