// The checks of databases in one place, and of the pair as a whole.
import type { InstanceDetails, Inventory } from '../../domain/inventory.ts';
import type { DatabasePlan, Region } from '../../domain/plan.ts';
import type { Check } from './check.ts';
import { driftFindings, DRIFT_FINDINGS, instanceFindings, INSTANCE_FINDINGS, keyFindings, parameterFindings } from './database.ts';
import { writerRecordFindings, WRITER_RECORD_FINDINGS } from './records.ts';
import { lagFindings, LAG_FINDINGS, replicaRegion, replicationFindings, REPLICATION_FINDINGS, writerRegion } from './replication.ts';
import { secretDriftFindings } from './secrets.ts';
import type { Asked } from './subject.ts';

export function databaseChecks(asked: Asked): readonly Check[] {
  const { plan, place, isFirst } = asked;
  return plan.databases.flatMap((database) => [
    ...(plan.regions.includes(place) ? ownChecks(database, asked) : []),
    ...(isFirst ? pairChecks(database, asked) : []),
  ]);
}

function ownChecks(database: DatabasePlan, { place, inventory }: Asked): readonly Check[] {
  const identifier = database.instances[place]?.identifier ?? database.name;
  return [
    { what: `instance ${identifier}`, region: place, covers: INSTANCE_FINDINGS, run: async () => instanceFindings(database, place, await sideOf(inventory, database, place)) },
    {
      what: `KMS key of instance ${identifier}`, region: place, covers: ['database-key-disabled'],
      run: async () => {
        const keyId = (await sideOf(inventory, database, place))?.keyId;
        return keyId === undefined ? [] : keyFindings('database-key-disabled', place, identifier, await inventory.keyState(place, keyId));
      },
    },
  ];
}

function pairChecks(database: DatabasePlan, { plan, inventory }: Asked): readonly Check[] {
  const { regions } = plan;
  const both = () => instances(database, inventory);
  /** Runs when both are there; that one is missing is told by its own check. */
  const withBoth = async <T>(ask: (found: readonly [InstanceDetails, InstanceDetails]) => T | Promise<T>): Promise<T | readonly never[]> => {
    const found = await both();
    const [one, other] = [found[regions[0]], found[regions[1]]];
    return one === undefined || other === undefined ? [] : ask([one, other]);
  };
  const group = async (region: Region, { parameterGroups }: InstanceDetails) => (parameterGroups[0] === undefined ? {} : inventory.parameters(region, parameterGroups[0].name));
  const name = database.name;
  return [
    { what: `replication of ${name}`, region: 'global', covers: REPLICATION_FINDINGS, run: () => withBoth(async () => replicationFindings(database, await both())) },
    {
      what: `lag of ${name}`, region: 'global', covers: LAG_FINDINGS,
      run: async () => {
        const replica = replicaRegion(database, await both());
        if (replica === undefined) return [];
        return lagFindings(database, replica, await lagOf(inventory, database, replica), plan.budgets.rpoSeconds);
      },
    },
    { what: `${name}: the two instances compared`, region: 'global', covers: DRIFT_FINDINGS, run: () => withBoth((found) => driftFindings(database, regions, found)) },
    {
      what: `${name}: parameters compared`, region: 'global', covers: ['database-parameters-drift'],
      run: () => withBoth(async ([one, other]) => parameterFindings(database, regions, [await group(regions[0], one), await group(regions[1], other)])),
    },
    { what: `${name}: secrets compared`, region: 'global', covers: ['secret-differs'], run: () => secretsCompared(database, regions, inventory) },
    ...(database.writerRecord === undefined ? [] : [writerRecordCheck(database, database.writerRecord, both, inventory)]),
  ];
}

/** What stands in a region: an instance, or a cluster with its part in a global database. */
function sideOf(inventory: Inventory, { name, globalCluster, instances: sides }: DatabasePlan, region: Region): Promise<InstanceDetails | undefined> {
  const identifier = sides[region]?.identifier ?? name;
  return globalCluster === undefined ? inventory.instance(region, identifier) : inventory.cluster(region, identifier, globalCluster);
}

function lagOf(inventory: Inventory, { globalCluster, instances: sides }: DatabasePlan, region: Region): Promise<number | undefined> {
  const identifier = sides[region]?.identifier ?? '';
  return globalCluster === undefined ? inventory.replicaLagSeconds(region, identifier) : inventory.globalLagSeconds(region, identifier);
}

const writerRecordCheck = (database: DatabasePlan, record: NonNullable<DatabasePlan['writerRecord']>, both: () => ReturnType<typeof instances>, inventory: Inventory): Check => ({
  what: `writer record ${record.name}`, region: 'global', covers: WRITER_RECORD_FINDINGS,
  run: async () => {
    const [stored, found] = await Promise.all([inventory.records(record.hostedZoneId, record.name), both()]);
    return writerRecordFindings(database, writerRegion(database, found), stored);
  },
});

async function secretsCompared(database: DatabasePlan, regions: readonly [Region, Region], inventory: Inventory) {
  const [one, other] = await Promise.all([inventory.secret(regions[0], database.instances[regions[0]]?.secretId ?? ''), inventory.secret(regions[1], database.instances[regions[1]]?.secretId ?? '')]);
  return one === undefined || other === undefined ? [] : secretDriftFindings(database.name, regions, [one, other]);
}

async function instances(database: DatabasePlan, inventory: Inventory): Promise<Readonly<Record<Region, InstanceDetails | undefined>>> {
  const found = await Promise.all(Object.keys(database.instances).map(async (region) => [region, await sideOf(inventory, database, region)] as const));
  return Object.fromEntries(found);
}
