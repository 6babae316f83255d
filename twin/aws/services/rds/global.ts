// Aurora global databases of RDS: clusters, the members of a global database, one move of the writer at a time, what a failover leaves
// behind. No engine runs behind it: it is the control plane's state, for the contract of the adapters.
import type * as rds from '@aws-sdk/client-rds';
import type { Clock } from '../../../../domain/ports.ts';
import { ACCOUNT_ID, AwsError, type Handler } from '../../service.ts';

export interface ClusterSeed { readonly region: string; readonly identifier: string; readonly engineVersion?: string; readonly securityGroupIds?: readonly string[] }
/** The first member writes. */
export interface GlobalSeed { readonly identifier: string; readonly members: readonly ClusterSeed[] }
export interface GlobalOptions {
  readonly globals: readonly GlobalSeed[];
  readonly clock: Clock;
  /** From acceptance to `failing-over`, and again to the end. */
  readonly moveMs: number;
}

interface Global { readonly seed: GlobalSeed; writer: string; state: rds.FailoverState | undefined }
interface Kept { readonly region: string; readonly shape: rds.DBClusterSnapshot }

const arnOf = ({ region, identifier }: ClusterSeed): string => `arn:aws:rds:${region}:${ACCOUNT_ID}:cluster:${identifier}`;
const snapshotArn = (region: string, id: string): string => `arn:aws:rds:${region}:${ACCOUNT_ID}:cluster-snapshot:${id}`;
const invalidState = (message: string): AwsError => new AwsError('InvalidGlobalClusterStateFault', message, { status: 400 });

export function globalHandlers({ globals: seeds, clock, moveMs }: GlobalOptions): Record<string, Handler> {
  const globals = seeds.map((seed): Global => ({ seed, writer: seed.members[0] === undefined ? '' : arnOf(seed.members[0]), state: undefined }));
  const snapshots: Kept[] = [];
  const must = (identifier: string | undefined): Global => {
    const found = globals.find(({ seed }) => seed.identifier === identifier);
    if (found === undefined) throw new AwsError('GlobalClusterNotFoundFault', `Global cluster ${identifier} not found`, { status: 404 });
    return found;
  };
  const move = (global: Global, target: string | undefined, losesData: boolean): { GlobalCluster: rds.GlobalCluster } => {
    const member = global.seed.members.find((one) => arnOf(one) === target);
    if (member === undefined) throw new AwsError('DBClusterNotFoundFault', `DBCluster ${target} not found.`, { status: 404 });
    if (global.state !== undefined) throw invalidState(`Global cluster ${global.seed.identifier} is in ${global.state.Status} state`);
    if (global.writer === target) throw invalidState(`DB cluster ${target} is the writer of the global cluster`);
    const old = global.seed.members.find((one) => arnOf(one) === global.writer);
    if (old !== undefined && (old.engineVersion ?? VERSION) !== (member.engineVersion ?? VERSION)) throw invalidState(`The engine versions of the clusters differ: ${old.engineVersion ?? VERSION} and ${member.engineVersion ?? VERSION}`);
    global.state = { Status: 'pending', FromDbClusterArn: global.writer, ToDbClusterArn: arnOf(member), IsDataLossAllowed: losesData };
    const shown = shapeOf(global);
    void finish(global, member, losesData ? old : undefined);
    return { GlobalCluster: shown };
  };
  const finish = async (global: Global, target: ClusterSeed, deposed: ClusterSeed | undefined): Promise<void> => {
    await clock.sleep(moveMs);
    // The API reference has `switching-over`; the model of this SDK has not.
    global.state = { ...global.state, Status: (deposed === undefined ? 'switching-over' : 'failing-over') as rds.FailoverStatus };
    await clock.sleep(moveMs);
    [global.writer, global.state] = [arnOf(target), undefined];
    if (deposed === undefined) return;
    const id = `rds:unplanned-global-failover-${deposed.identifier}-${new Date(clock.now()).toISOString().slice(0, 16).replace(/[T:]/g, '-')}`;
    snapshots.push({ region: deposed.region, shape: { DBClusterSnapshotIdentifier: id, DBClusterSnapshotArn: snapshotArn(deposed.region, id), DBClusterIdentifier: deposed.identifier, Engine: 'aurora-postgresql', SnapshotType: 'automated', Status: 'available' } });
  };
  return {
    DescribeGlobalClusters: (input: rds.DescribeGlobalClustersMessage) => ({ GlobalClusters: (input.GlobalClusterIdentifier === undefined ? globals : [must(input.GlobalClusterIdentifier)]).map(shapeOf) }),
    DescribeDBClusters: (input: rds.DescribeDBClustersMessage, { region }) => ({ DBClusters: clustersIn(globals, region, input.DBClusterIdentifier) }),
    FailoverGlobalCluster(input: rds.FailoverGlobalClusterMessage) {
      // Neither given means a switchover; both are refused (RDS API).
      if (input.AllowDataLoss === true && input.Switchover === true) throw new AwsError('InvalidParameterCombination', 'AllowDataLoss and Switchover cannot both be specified');
      return move(must(input.GlobalClusterIdentifier), input.TargetDbClusterIdentifier, input.AllowDataLoss === true);
    },
    SwitchoverGlobalCluster: (input: rds.SwitchoverGlobalClusterMessage) => move(must(input.GlobalClusterIdentifier), input.TargetDbClusterIdentifier, false),
    DescribeDBClusterSnapshots: (input: rds.DescribeDBClusterSnapshotsMessage, { region }) => ({
      DBClusterSnapshots: snapshots.filter((kept) => kept.region === region && (input.DBClusterIdentifier === undefined || kept.shape.DBClusterIdentifier === input.DBClusterIdentifier)).map(({ shape }) => shape),
    }),
    CopyDBClusterSnapshot: (input: rds.CopyDBClusterSnapshotMessage, { region }) => ({ DBClusterSnapshot: copy(snapshots, region, input) }),
  };
}

const VERSION = '16.4';

const shapeOf = ({ seed, writer, state }: Global): rds.GlobalCluster => ({
  GlobalClusterIdentifier: seed.identifier, GlobalClusterArn: `arn:aws:rds::${ACCOUNT_ID}:global-cluster:${seed.identifier}`, Status: state === undefined ? 'available' : state.Status, Engine: 'aurora-postgresql',
  GlobalClusterMembers: seed.members.map((member) => ({ DBClusterArn: arnOf(member), IsWriter: arnOf(member) === writer, SynchronizationStatus: 'connected', Readers: arnOf(member) === writer ? seed.members.filter((other) => other !== member).map(arnOf) : [] })),
  ...(state === undefined ? {} : { FailoverState: state }),
});

function clustersIn(globals: readonly Global[], region: string, identifier: string | undefined): readonly rds.DBCluster[] {
  const all = globals.flatMap(({ seed }) => seed.members).filter((member) => member.region === region && (identifier === undefined || member.identifier === identifier));
  if (identifier !== undefined && all.length === 0) throw new AwsError('DBClusterNotFoundFault', `DBCluster ${identifier} not found.`, { status: 404 });
  return all.map((member) => ({
    DBClusterIdentifier: member.identifier, DBClusterArn: arnOf(member), Status: 'available', Engine: 'aurora-postgresql', EngineVersion: member.engineVersion ?? VERSION, BackupRetentionPeriod: 7,
    Endpoint: `${member.identifier}.cluster-example.${region}.rds.amazonaws.com`, ReaderEndpoint: `${member.identifier}.cluster-ro-example.${region}.rds.amazonaws.com`,
    StorageEncrypted: true, DeletionProtection: true, VpcSecurityGroups: (member.securityGroupIds ?? []).map((id) => ({ VpcSecurityGroupId: id, Status: 'active' })),
    DBClusterMembers: [{ DBInstanceIdentifier: `${member.identifier}-1`, IsClusterWriter: true }],
  }));
}

function copy(snapshots: Kept[], region: string, { SourceDBClusterSnapshotIdentifier: source = '', TargetDBClusterSnapshotIdentifier: as = '' }: rds.CopyDBClusterSnapshotMessage): rds.DBClusterSnapshot {
  const found = snapshots.find((kept) => kept.region === region && kept.shape.DBClusterSnapshotIdentifier === source);
  if (found === undefined) throw new AwsError('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot ${source} not found.`, { status: 404 });
  if (!/^[A-Za-z](?!.*--)[A-Za-z0-9-]{0,62}$/.test(as) || as.endsWith('-')) throw new AwsError('InvalidParameterValue', `The parameter TargetDBClusterSnapshotIdentifier is not a valid identifier: ${as}`);
  if (snapshots.some((kept) => kept.region === region && kept.shape.DBClusterSnapshotIdentifier === as)) throw new AwsError('DBClusterSnapshotAlreadyExistsFault', `DBClusterSnapshot ${as} already exists.`, { status: 400 });
  const shape: rds.DBClusterSnapshot = { ...found.shape, DBClusterSnapshotIdentifier: as, DBClusterSnapshotArn: snapshotArn(region, as), SnapshotType: 'manual', SourceDBClusterSnapshotArn: found.shape.DBClusterSnapshotArn };
  snapshots.push({ region, shape });
  return shape;
}
