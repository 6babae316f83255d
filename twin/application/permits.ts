// The write permits of a process: the published guard on the twin's DynamoDB endpoint of the own region.
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamodbRenewal, dynamodbSurrender, type DynamodbPermitOptions } from '../../guard/dynamodb.ts';
import { createGuard, type Guard, type Permit } from '../../guard/index.ts';
import type { ApplicationConfig } from './config.ts';

export interface PermitEvents {
  readonly onChange: (permit: Permit) => void;
  readonly onRenewalFailed: (error: unknown) => void;
}

export type PermitSettings = Pick<ApplicationConfig, 'permitTtlSeconds' | 'renewEverySeconds' | 'clockErrorSeconds' | 'tableName' | 'application' | 'database' | 'region' | 'surrender'> & { readonly awsEndpointUrl: string };

export function permitsOf(config: PermitSettings, events: PermitEvents): Guard {
  const { permitTtlSeconds, renewEverySeconds, clockErrorSeconds, tableName, application, database, region } = config;
  const client = new DynamoDBClient({
    region, endpoint: config.awsEndpointUrl,
    // The twin checks no signature; an account of the machine's user must never be used.
    credentials: { accessKeyId: 'twin', secretAccessKey: 'twin' },
    // The guard repeats by itself; a request that hangs is given up before the permit that it should renew would end.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: permitTtlSeconds * 500, requestTimeout: permitTtlSeconds * 500, throwOnRequestTimeout: true },
  });
  const send = (command: UpdateItemCommand): Promise<unknown> => client.send(command);
  const store: DynamodbPermitOptions = { send, GetItemCommand, UpdateItemCommand, tableName, application, database };
  return createGuard({
    renew: dynamodbRenewal(store), permitTtlSeconds, renewEverySeconds, clockErrorSeconds, ...events,
    instanceId: `${region}/${process.pid}/${crypto.randomUUID().slice(0, 8)}`,
    ...(config.surrender ? { surrender: dynamodbSurrender(store) } : {}),
  });
}
