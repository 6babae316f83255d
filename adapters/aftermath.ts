// What Aurora does by itself around a failover, seen from one region: the snapshot of the volume that it replaces, and its word on whether
// it could keep the old writer from writing. Databases of other kinds have nothing of the kind.
import {
  CopyDBClusterSnapshotCommand, DBClusterSnapshotAlreadyExistsFault, DescribeDBClusterSnapshotsCommand, DescribeEventsCommand, RDSClient, type DBClusterSnapshot, type Event,
} from '@aws-sdk/client-rds';
import { traitsOf } from '../domain/kinds.ts';
import type { Region } from '../domain/plan.ts';
import type { Aftermath, DeposedSnapshot, WriteBlock } from '../domain/ports.ts';
import { clientSettings, perRegion } from './clients.ts';
import type { DatabaseClients } from './database.ts';
import { asking } from './failures.ts';
import { instanceIn } from './instance.ts';

/** AWS documents the beginning of the name and not the type of the snapshot: looked for by name. */
const DEPOSED = 'rds:unplanned-global-failover-';

export function auroraAftermath(clients: DatabaseClients): Aftermath {
  return {
    async snapshots(database, region) {
      if (!traitsOf(database).rejoins) return [];
      return deposed(await snapshotsOf(clients.reading(region), region, instanceIn(database, region).identifier), instanceIn(database, region).identifier);
    },
    async keep(_database, region, snapshot, as) {
      await asking({ action: 'rds:CopyDBClusterSnapshot', resource: `${snapshot} in ${region}` }, async () => {
        try {
          await clients.changing(region).send(new CopyDBClusterSnapshotCommand({ SourceDBClusterSnapshotIdentifier: snapshot, TargetDBClusterSnapshotIdentifier: as }));
        } catch (error) {
          if (!(error instanceof DBClusterSnapshotAlreadyExistsFault)) throw error;
        }
      });
    },
    async writeBlocks(database, region, since) {
      if (!traitsOf(database).rejoins) return [];
      const identifiers = Object.values(database.instances).map(({ identifier }) => identifier);
      return writeBlocks(await eventsSince(clients.reading(region), region, since), identifiers);
    },
  };
}

/** The port of a Lambda. */
export const aftermathOf = (): Aftermath => auroraAftermath({
  reading: perRegion((region) => new RDSClient(clientSettings(region, 'reading'))),
  changing: perRegion((region) => new RDSClient(clientSettings(region, 'changing'))),
});

/** The snapshots that RDS took, each with its manual copy, which names its source by ARN. */
export function deposed(found: readonly DBClusterSnapshot[], cluster: string): readonly DeposedSnapshot[] {
  return found.filter(({ DBClusterSnapshotIdentifier: id = '' }) => id.startsWith(`${DEPOSED}${cluster}-`)).map(({ DBClusterSnapshotIdentifier: id = '', Status: status = 'unknown' }) => {
    const copy = found.find(({ SourceDBClusterSnapshotArn: source = '', SnapshotType: type }) => type === 'manual' && source.endsWith(`:cluster-snapshot:${id}`));
    return { id, status, ...(copy?.DBClusterSnapshotIdentifier === undefined ? {} : { keptAs: copy.DBClusterSnapshotIdentifier }) };
  });
}

/** RDS-EVENT-0390 and -0391: events that are described have no id, so that their words must do (RDS guide, event messages). */
const WORDS = /^Attempt to block writes for DB cluster `?([\w-]+)`? in Region `?[\w-]+`? (succeeded|timed out)/;

export function writeBlocks(events: readonly Event[], clusters: readonly string[]): readonly WriteBlock[] {
  return events.flatMap(({ Message: text = '', Date: at }) => {
    const [, cluster, result] = WORDS.exec(text) ?? [];
    return cluster === undefined || at === undefined || !clusters.includes(cluster) ? [] : [{ at: at.getTime(), succeeded: result === 'succeeded', text }];
  });
}

async function snapshotsOf(client: RDSClient, region: Region, cluster: string): Promise<readonly DBClusterSnapshot[]> {
  const found: DBClusterSnapshot[] = [];
  let marker: string | undefined;
  do {
    const page = await asking({ action: 'rds:DescribeDBClusterSnapshots', resource: `${cluster} in ${region}` },
      () => client.send(new DescribeDBClusterSnapshotsCommand({ DBClusterIdentifier: cluster, ...(marker === undefined ? {} : { Marker: marker }) })));
    found.push(...page.DBClusterSnapshots ?? []);
    marker = page.Marker === '' ? undefined : page.Marker;
  } while (marker !== undefined);
  return found;
}

/** Of all sources: the events of a block are told of instances or of the cluster, in whichever of both regions can be reached. */
async function eventsSince(client: RDSClient, region: Region, since: number): Promise<readonly Event[]> {
  const found: Event[] = [];
  let marker: string | undefined;
  do {
    const page = await asking({ action: 'rds:DescribeEvents', resource: `events in ${region}` },
      () => client.send(new DescribeEventsCommand({ StartTime: new Date(since), ...(marker === undefined ? {} : { Marker: marker }) })));
    found.push(...page.Events ?? []);
    marker = page.Marker === '' ? undefined : page.Marker;
  } while (marker !== undefined);
  return found;
}
