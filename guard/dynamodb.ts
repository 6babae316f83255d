// The permit store on a DynamoDB table, with the SDK handed in: this module depends on nothing. Needs dynamodb:UpdateItem on
// the one item. The table must be strongly consistent in all regions; eventual consistency would let two writers in.
import type { RenewalAnswer } from './permit.ts';
import type { Surrender } from './surrender.ts';

export interface DynamodbPermitOptions {
  /** `client.send.bind(client)` of a DynamoDBClient of the server's own region, with time-outs below the permit's life and few attempts. */
  readonly send: (command: never) => Promise<unknown>;
  /** The class of @aws-sdk/client-dynamodb. */
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
 * Renews a server's permit: records the time of the renewal if the permit has not been withdrawn. A renewal that was overtaken
 * on its way must not put the recorded time back, from which Hotshift counts; it is granted all the same, since a later time stands.
 */
export function dynamodbRenewal(options: DynamodbPermitOptions): (instanceId: string) => Promise<RenewalAnswer> {
  const { wallClock = Date.now } = options;
  return async (instanceId) => {
    try {
      const item = await update(options, {
        UpdateExpression: 'SET #renewals.#instance = :now',
        ConditionExpression: '#withdrawn = :false AND (attribute_not_exists(#renewals.#instance) OR #renewals.#instance < :now)',
        ExpressionAttributeNames: { '#renewals': 'renewals', '#instance': instanceId, '#withdrawn': 'withdrawn' },
        ExpressionAttributeValues: { ':now': { N: String(Math.floor(wallClock())) }, ':false': { BOOL: false } },
        ReturnValues: 'ALL_NEW',
      });
      return grantOf(item);
    } catch (error) {
      return answerOf(error, options);
    }
  };
}

/** Records that a server has stopped writing, for the permit that it saw withdrawn and for no other. */
export function dynamodbSurrender(options: DynamodbPermitOptions): Surrender {
  return async (instanceId, epoch) => {
    try {
      await update(options, {
        UpdateExpression: 'SET #surrenders.#instance = :epoch',
        ConditionExpression: '#withdrawn = :true AND #epoch = :epoch',
        ExpressionAttributeNames: { '#surrenders': 'surrenders', '#instance': instanceId, '#withdrawn': 'withdrawn', '#epoch': 'epoch' },
        ExpressionAttributeValues: { ':epoch': { N: String(epoch) }, ':true': { BOOL: true } },
      });
    } catch (error) {
      // Another permit was granted meanwhile: there is nothing left to surrender.
      if (!isConditionFailure(error)) throw error;
    }
  };
}

async function update({ send, UpdateItemCommand, tableName, application, database }: DynamodbPermitOptions, input: object): Promise<Item | undefined> {
  const command = new UpdateItemCommand({
    TableName: tableName, Key: { pk: { S: `app#${application}` }, sk: { S: `permit#${database}` } }, ReturnValuesOnConditionCheckFailure: 'ALL_OLD', ...input,
  } as never);
  return ((await send(command as never)) as { readonly Attributes?: Item }).Attributes;
}

function answerOf(error: unknown, { application, database }: DynamodbPermitOptions): RenewalAnswer {
  if (!isConditionFailure(error)) throw error;
  const item = (error as { readonly Item?: Item }).Item;
  if (item?.withdrawn?.BOOL === false) return grantOf(item);
  const epoch = epochOf(item);
  if (epoch === undefined) return { granted: false, reason: `no permit for ${database} of ${application} was ever granted` };
  return { granted: false, reason: `the permit of epoch ${epoch} for ${database} was withdrawn`, epoch };
}

const isConditionFailure = (error: unknown): boolean => (error as { readonly name?: unknown } | undefined)?.name === 'ConditionalCheckFailedException';

const grantOf = (item: Item | undefined): RenewalAnswer => ({ granted: true, epoch: epochOf(item) ?? Number.NaN, writer: item?.writer?.S ?? '' });

function epochOf(item: Item | undefined): number | undefined {
  const text = item?.epoch?.N;
  return text === undefined ? undefined : Number(text);
}
