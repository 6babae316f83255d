// The databases of the twin's application, and how their parts are named in AWS: one for all users, or that of the configuration for all
// users and a shard for the users of each region. Which of them a fault concerns follows from where their writers are.
import { DATABASE, REGION_A, REGION_B, REGIONS, ZONE, type Settings } from './settings.ts';

export interface TwinDatabase {
  readonly name: string;
  /** The region whose users are in it; absent: it holds what all users have in common. */
  readonly shardOf?: string;
  /** Where its writer is at first. */
  readonly writer: string;
  /** What must have moved before it. */
  readonly after?: readonly string[];
}

const ONE: readonly TwinDatabase[] = [{ name: DATABASE, writer: REGION_A }];
const CONFIGURATION = 'config';
const THREE: readonly TwinDatabase[] = [
  { name: CONFIGURATION, writer: REGION_A },
  { name: 'users-east', shardOf: REGION_A, writer: REGION_A, after: [CONFIGURATION] },
  { name: 'users-west', shardOf: REGION_B, writer: REGION_B, after: [CONFIGURATION] },
];

/** The first one is everybody's. */
export const databasesOf = ({ databases }: Pick<Settings, 'databases'>): readonly TwinDatabase[] => (databases === 3 ? THREE : ONE);

export const otherRegion = (region: string): string => (region === REGION_A ? REGION_B : REGION_A);

export const instanceIdentifier = (region: string, database: string): string => `${database}-${region}`;
export const instanceArn = (region: string, database: string): string => `arn:aws:rds:${region}:111122223333:db:${instanceIdentifier(region, database)}`;
export const secretId = (region: string, database: string): string => `hotshift/${database}/${region}`;
export const writerRecordName = (database: string): string => `writer.${database}.${ZONE}`;
/** The number of the region, then that of the database, so that no two have the same group. */
export const securityGroupId = (region: string, database: string): string =>
  `sg-0${REGIONS.indexOf(region as (typeof REGIONS)[number])}aabbccddeeff00${Math.max(0, THREE.findIndex(({ name }) => name === database)) + 1}`;
