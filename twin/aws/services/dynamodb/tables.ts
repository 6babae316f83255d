// The tables of the account: created, described, deleted, made global. A global table is one object that several regions know.
import type { AttributeDefinition, CreateTableCommandInput, TableDescription, UpdateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../../domain/ports.ts';
import { ACCOUNT_ID, AwsError, type CallContext, type Handler } from '../../service.ts';
import { keyAttributes, type KeySchema, type KeyType } from './keys.ts';
import { Replicas, type ReplicaNetwork } from './replicas.ts';
import { bytesOf } from './values.ts';

export interface TablesOptions {
  readonly network: ReplicaNetwork;
  readonly clock: Clock;
  /** How long a table is CREATING, UPDATING or DELETING. */
  readonly tableChangeMs: number;
  readonly isolatedAnswerMs: number;
}

export interface Table {
  readonly name: string;
  readonly keys: KeySchema;
  readonly createdAt: number;
  readonly id: string;
  readonly deletionProtection: boolean;
  status: 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING';
  /** Strongly consistent over its regions (MRSC). */
  strong: boolean;
  replicas: Replicas;
}

/** A table that exists from the start, ACTIVE. More than one region makes it a strongly consistent global table. */
export interface TableSeed {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly regions: readonly string[];
}

const NAME = /^[A-Za-z0-9_.-]{3,255}$/;

export class Tables {
  readonly #options: TablesOptions;
  readonly #tables: Table[] = [];

  constructor(options: TablesOptions, seeds: readonly TableSeed[] = []) {
    this.#options = options;
    for (const { name, partitionKey, sortKey, regions } of seeds) {
      const keys: KeySchema = { partition: { name: partitionKey, type: 'S' }, ...(sortKey === undefined ? {} : { sort: { name: sortKey, type: 'S' } }) };
      this.#add(name, keys, regions, { status: 'ACTIVE', strong: regions.length > 1, deletionProtection: false });
    }
  }

  /** The table to read or write; throws ResourceNotFoundException when it is not there or not yet usable. */
  usable(nameOrArn: string, region: string): Table {
    const table = this.#find(nameOrArn, region);
    if (table === undefined || table.status === 'CREATING' || table.status === 'DELETING') throw notFound('Requested resource not found');
    return table;
  }

  handlers(): Record<'CreateTable' | 'DescribeTable' | 'DeleteTable' | 'UpdateTable' | 'ListTables', Handler> {
    return {
      CreateTable: (input: CreateTableCommandInput, context) => this.#create(input, context),
      DescribeTable: (input: { TableName: string }, context) => ({ Table: this.#describe(this.#existing(input.TableName, context.region), context.region) }),
      DeleteTable: (input: { TableName: string }, context) => this.#delete(input.TableName, context),
      UpdateTable: (input: UpdateTableCommandInput, context) => this.#update(input, context),
      ListTables: (_input, { region }) => ({ TableNames: this.#tables.filter(({ replicas }) => replicas.regions.includes(region)).map(({ name }) => name).sort() }),
    };
  }

  #create(input: CreateTableCommandInput, { region }: CallContext) {
    const { TableName: name = '' } = input;
    if (!NAME.test(name)) throw new AwsError('ValidationException', `1 validation error detected: Value '${name}' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`);
    if (input.GlobalSecondaryIndexes !== undefined || input.LocalSecondaryIndexes !== undefined) throw new AwsError('NotImplemented', 'The twin has no secondary indexes', { status: 501 });
    if (this.#find(name, region) !== undefined) throw new AwsError('ResourceInUseException', `Table already exists: ${name}`);
    const table = this.#add(name, keySchemaOf(input), [region], { status: 'CREATING', strong: false, deletionProtection: input.DeletionProtectionEnabled === true });
    this.#become(table, 'ACTIVE');
    return { TableDescription: this.#describe(table, region) };
  }

  #delete(name: string, { region }: CallContext) {
    const table = this.#existing(name, region);
    if (table.deletionProtection) throw new AwsError('ValidationException', `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`);
    if (table.status !== 'ACTIVE' || table.replicas.regions.length > 1) throw new AwsError('ResourceInUseException', `Attempt to change a resource which is still in use: Table is being ${table.status.toLowerCase()} or has replicas: ${table.name}`);
    table.status = 'DELETING';
    void this.#options.clock.sleep(this.#options.tableChangeMs).then(() => this.#tables.splice(this.#tables.indexOf(table), 1));
    return { TableDescription: this.#describe(table, region) };
  }

  /** Only what makes an empty table a strongly consistent global one: AWS wants both other replicas in one call. */
  #update(input: UpdateTableCommandInput, { region }: CallContext) {
    const table = this.#existing(input.TableName ?? '', region);
    const created = (input.ReplicaUpdates ?? []).flatMap(({ Create }) => (Create?.RegionName === undefined ? [] : [Create.RegionName]));
    if (input.MultiRegionConsistency !== 'STRONG') throw new AwsError('NotImplemented', 'The twin updates tables only to MultiRegionConsistency STRONG', { status: 501 });
    if (created.length !== 2) throw new AwsError('ValidationException', 'A table with multi-Region strong consistency must have three replicas, or two replicas and a witness (the twin has no witness)');
    if (table.status !== 'ACTIVE') throw new AwsError('ResourceInUseException', `Attempt to change a resource which is still in use: Table is being updated: ${table.name}`);
    if (table.replicas.regions.length > 1 || table.replicas.local(region).size > 0) throw new AwsError('ValidationException', 'Multi-Region strong consistency can only be set on an empty table without replicas');
    table.replicas = this.#replicas([region, ...created]);
    table.strong = true;
    table.status = 'UPDATING';
    this.#become(table, 'ACTIVE');
    return { TableDescription: this.#describe(table, region) };
  }

  #add(name: string, keys: KeySchema, regions: readonly string[], rest: Pick<Table, 'status' | 'strong' | 'deletionProtection'>): Table {
    const table: Table = { name, keys, id: randomUUID(), createdAt: this.#options.clock.now(), replicas: this.#replicas(regions), ...rest };
    this.#tables.push(table);
    return table;
  }

  #replicas(regions: readonly string[]): Replicas {
    const { network, clock, isolatedAnswerMs } = this.#options;
    return new Replicas({ regions, network, clock, isolatedAnswerMs });
  }

  #become(table: Table, status: Table['status']): void {
    void this.#options.clock.sleep(this.#options.tableChangeMs).then(() => { table.status = status; });
  }

  #find(nameOrArn: string, region: string): Table | undefined {
    const name = nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : nameOrArn;
    return this.#tables.find((table) => table.name === name && table.replicas.regions.includes(region));
  }

  #existing(name: string, region: string): Table {
    const table = this.#find(name, region);
    if (table === undefined) throw notFound(`Requested resource not found: Table: ${name} not found`);
    return table;
  }

  #describe(table: Table, region: string): TableDescription {
    const { regions } = table.replicas;
    const attributes: AttributeDefinition[] = keyAttributes(table.keys).map(({ name, type }) => ({ AttributeName: name, AttributeType: type }));
    const items = [...table.replicas.local(region).values()];
    return {
      TableName: table.name, TableStatus: table.status, TableArn: arn(region, table.name), TableId: table.id,
      AttributeDefinitions: attributes,
      KeySchema: keyAttributes(table.keys).map(({ name }, index) => ({ AttributeName: name, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      CreationDateTime: new Date(table.createdAt),
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      ItemCount: items.length, TableSizeBytes: items.reduce((sum, item) => sum + bytesOf(item), 0),
      DeletionProtectionEnabled: table.deletionProtection,
      ...(regions.length === 1 ? {} : {
        GlobalTableVersion: '2019.11.21',
        ...(table.strong ? { MultiRegionConsistency: 'STRONG' as const } : {}),
        Replicas: regions.map((name) => ({ RegionName: name, ReplicaStatus: 'ACTIVE' as const, ReplicaArn: arn(name, table.name) })),
      }),
    };
  }
}

function keySchemaOf({ KeySchema: schema = [], AttributeDefinitions: definitions = [] }: CreateTableCommandInput): KeySchema {
  const attribute = (keyType: string) => {
    const name = schema.find(({ KeyType: found }) => found === keyType)?.AttributeName;
    if (name === undefined) return undefined;
    const type = definitions.find(({ AttributeName: found }) => found === name)?.AttributeType;
    if (type === undefined) throw new AwsError('ValidationException', 'One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions');
    return { name, type: type as KeyType };
  };
  const [partition, sort] = [attribute('HASH'), attribute('RANGE')];
  if (partition === undefined) throw new AwsError('ValidationException', 'Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  if (definitions.length !== schema.length) throw new AwsError('ValidationException', 'One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions');
  return { partition, ...(sort === undefined ? {} : { sort }) };
}

const arn = (region: string, name: string): string => `arn:aws:dynamodb:${region}:${ACCOUNT_ID}:table/${name}`;
const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', message);
