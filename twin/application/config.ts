// What a process of the sample application is told. One JSON text, as its argument or in HOTSHIFT_APPLICATION; a wrong or unknown
// field stops it, naming the field.
import * as z from 'zod';

const endpoint = z.strictObject({ host: z.string().min(1), port: z.int().min(1).max(65_535) });

const writer = z.discriminatedUnion('mode', [
  /** The permit names the writer's region, and this says where its database is, as seen from here. */
  z.strictObject({ mode: z.literal('permit'), endpoints: z.record(z.string(), endpoint) }),
  /** The writer's record is resolved at each connect, by these name servers (`address:port`). */
  z.strictObject({ mode: z.literal('dns'), name: z.string().min(1), servers: z.array(z.string()).min(1), port: z.int().min(1).max(65_535) }),
]);

/** The database of the users of one region. What is not said here is as for the database of all. */
const shard = z.strictObject({ database: z.string().min(1), shardOf: z.string().min(1), writer, local: endpoint, password: z.string().min(1) });

export const applicationConfig = z.strictObject({
  application: z.string().min(1),
  database: z.string().min(1),
  region: z.string().min(1),
  host: z.string().min(1),
  port: z.int().min(0).max(65_535),
  tableName: z.string().min(1),
  /** AWS_ENDPOINT_URL when absent. There must be one: the sample application never calls the real AWS. */
  awsEndpointUrl: z.string().optional(),
  permitTtlSeconds: z.number().positive().default(5),
  renewEverySeconds: z.number().positive().default(1),
  clockErrorSeconds: z.number().min(0).default(0),
  surrender: z.boolean().default(true),
  writer,
  /** The database of this region, whatever it is at the moment. */
  local: endpoint,
  databaseName: z.string().default('postgres'),
  user: z.string().default('app'),
  password: z.string().min(1),
  /** Databases of the users of a region, beside the one above, which all have in common. */
  shards: z.array(shard).default([]),
  /** The key of the session tokens: the same in both regions, so that a session outlives a failover. */
  sessionKey: z.string().min(32),
  /** A synchronous standby 100 ms away caps 10 connections near 50 writes/s: 20 carry the twin's 100 writes/s. */
  poolSize: z.int().min(1).max(90).default(20),
  connectTimeoutMs: z.int().min(50).default(1500),
  statementTimeoutMs: z.int().min(50).default(2000),
  /** The write of a deep health check has its own, shorter limit: it must answer before the prober gives up. */
  healthWriteTimeoutMs: z.int().min(50).default(600),
  readCacheMs: z.int().min(0).default(250),
  /** An application that keeps its connections for ever, over epochs too: what a fence must be able to cut. */
  longLivedConnections: z.boolean().default(false),
});
export type ApplicationConfig = z.infer<typeof applicationConfig>;
export type ApplicationConfigInput = z.input<typeof applicationConfig>;

/** Reads the configuration of this process. Throws with the names of the fields that are wrong. */
export function readConfig(argument: string | undefined, environment: Readonly<Record<string, string | undefined>>): ApplicationConfig & { readonly awsEndpointUrl: string } {
  const text = argument ?? environment.HOTSHIFT_APPLICATION;
  if (text === undefined) throw new Error('the sample application needs its configuration as argument or in HOTSHIFT_APPLICATION');
  const parsed = applicationConfig.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`the configuration of the sample application is wrong:\n${z.prettifyError(parsed.error)}`);
  const awsEndpointUrl = parsed.data.awsEndpointUrl ?? environment.AWS_ENDPOINT_URL;
  if (awsEndpointUrl === undefined) throw new Error('awsEndpointUrl or AWS_ENDPOINT_URL must name the twin: the sample application never calls the real AWS');
  return { ...parsed.data, awsEndpointUrl };
}
