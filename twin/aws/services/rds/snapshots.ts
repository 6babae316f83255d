// Manual snapshots, as records only: Hotshift keeps one as evidence of what a loss window held. The twin copies no data,
// so none of them can be restored.
import type * as rds from '@aws-sdk/client-rds';
import type { Clock } from '../../../../domain/ports.ts';
import { ACCOUNT_ID, AwsError, type Handler } from '../../service.ts';
import { nameOf, type InstanceStore } from './instances.ts';
import { page } from './paging.ts';

export function snapshotHandlers(instances: InstanceStore, clock: Clock, snapshotMs: number): Record<string, Handler> {
  const snapshots = new Map<string, { readonly region: string; readonly shape: rds.DBSnapshot }>();
  return {
    CreateDBSnapshot: (input: rds.CreateDBSnapshotMessage, { region }) => {
      const instance = instances.must(input.DBInstanceIdentifier, region);
      if (instance.status !== 'available') {
        throw new AwsError('InvalidDBInstanceState', `Cannot create a snapshot because the database instance ${instance.identifier} is not currently in the available state.`, { status: 400 });
      }
      const key = `${region} ${input.DBSnapshotIdentifier}`;
      if (snapshots.has(key)) throw new AwsError('DBSnapshotAlreadyExists', `Cannot create the snapshot because a snapshot with the identifier ${input.DBSnapshotIdentifier} already exists.`, { status: 400 });
      const shape: rds.DBSnapshot = {
        DBSnapshotIdentifier: input.DBSnapshotIdentifier,
        DBSnapshotArn: `arn:aws:rds:${region}:${ACCOUNT_ID}:snapshot:${input.DBSnapshotIdentifier}`,
        DBInstanceIdentifier: instance.identifier,
        Engine: 'postgres',
        EngineVersion: instance.engineVersion,
        SnapshotType: 'manual',
        Status: 'creating',
        PercentProgress: 0,
        SnapshotCreateTime: new Date(clock.now()),
        TagList: input.Tags ?? [],
      };
      snapshots.set(key, { region, shape });
      void clock.sleep(snapshotMs).then(() => Object.assign(shape, { Status: 'available', PercentProgress: 100 }));
      return { DBSnapshot: { ...shape } };
    },
    DescribeDBSnapshots: (input: rds.DescribeDBSnapshotsMessage, { region }) => {
      const identifier = input.DBInstanceIdentifier && nameOf(input.DBInstanceIdentifier, region).identifier;
      const found = [...snapshots.values()].filter(
        (kept) =>
          kept.region === region &&
          (!identifier || kept.shape.DBInstanceIdentifier === identifier) &&
          (!input.DBSnapshotIdentifier || kept.shape.DBSnapshotIdentifier === input.DBSnapshotIdentifier),
      );
      if (input.DBSnapshotIdentifier && found.length === 0) throw new AwsError('DBSnapshotNotFound', `DBSnapshot ${input.DBSnapshotIdentifier} not found.`, { status: 404 });
      const { items, next } = page(found, input);
      return { DBSnapshots: items.map(({ shape }) => ({ ...shape })), ...next };
    },
  };
}
