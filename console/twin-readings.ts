// The twin as a person would see it who could look everywhere at once: processes, both databases from inside, the table. It reads past
// the network's faults where that only shows what is, and never decides anything; what cannot be read is shown as unknown.
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { statusView } from '../cli/status-view.ts';
import type { FenceIntent, Lease, Permit } from '../domain/lease.ts';
import type { Observation } from '../domain/observation.ts';
import { vantagePointsOf } from '../domain/plan.ts';
import { USERS } from '../twin/network/addresses.ts';
import type { PostgresServer } from '../twin/postgres/server.ts';
import { APPLICATION, DATABASE, REGION_A, REGION_B, REGIONS, TABLE, WITNESS } from '../twin/settings.ts';
import type { Twin } from '../twin/twin.ts';
import { watchOf } from './table-views.ts';
import type { DatabaseView, PlaceView, WatchView } from './view.ts';

/** A frozen database keeps a question for ever; this long it may be busy. */
const ANSWER_MS_MAX = 800;

export interface TableReading { readonly watch: WatchView; readonly permit: Permit | undefined }

/** Lease, permit, orders and observations, from a replica of the table that answers. Undefined when none does. */
export async function readTable(twin: Twin): Promise<TableReading | undefined> {
  const alive = [WITNESS, REGION_B, REGION_A].find((region) => twin.network.reachable(USERS, region));
  if (alive === undefined) return undefined;
  const list = async (pk: string, prefix: string): Promise<readonly unknown[]> => {
    const answer = await twin.cloud.endpoint.call('dynamodb', 'Query', {
      TableName: TABLE, KeyConditionExpression: `pk = :pk${prefix === '' ? '' : ' and begins_with(sk, :sk)'}`, ConsistentRead: true,
      ExpressionAttributeValues: { ':pk': { S: pk }, ...(prefix === '' ? {} : { ':sk': { S: prefix } }) },
    }, { region: alive, caller: USERS }) as { readonly Items?: readonly Record<string, unknown>[] };
    return (answer.Items ?? []).map((item) => unmarshall(item as Parameters<typeof unmarshall>[0]));
  };
  const [leases, permits, intents, observations] = await Promise.all([list(`app#${APPLICATION}`, 'lease'), list(`app#${APPLICATION}`, 'permit#'), list(`app#${APPLICATION}`, 'intent#'), list(`obs#${APPLICATION}`, '')]);
  const lease = (leases[0] ?? { application: APPLICATION, epoch: 0, expiresAt: 0, acknowledgementDue: false }) as Lease;
  const permit = permits[0] as Permit | undefined;
  const known = (observations as readonly Observation[]).filter(({ vantagePoint }) => vantagePointsOf(twin.plan).includes(vantagePoint));
  const status = statusView(twin.plan, { lease, permits: [{ database: DATABASE, permit: permit === undefined ? undefined : { ...permit, renewals: {}, surrenders: {} } }], intents: intents as readonly FenceIntent[], observations: known, drills: [], followUps: [] }, Date.now());
  return { watch: watchOf(status, twin.plan.detection.quorum), permit };
}

/** All places; `permit` says which database may be written, and under which epoch. */
export async function readPlaces(twin: Twin, permit: Permit | undefined): Promise<readonly PlaceView[]> {
  const databases = await Promise.all([REGION_A, REGION_B].map((region) => readDatabase(twin, region)));
  return REGIONS.map((region, index): PlaceView => ({
    region, kind: region === WITNESS ? 'witness' : 'region', state: placeState(twin, region), database: databases[index] ?? null,
    permitEpoch: permit !== undefined && permit.writer === region && !permit.withdrawn ? permit.epoch : null,
  }));
}

function placeState({ network, pair }: Twin, region: string): PlaceView['state'] {
  if (region !== WITNESS && pair.server(region).isFrozen) return 'frozen';
  const isDark = (place: string): boolean => network.state(USERS, place).mode === 'refuse';
  if (isDark(region)) return 'dark';
  // Cut off from everybody who lives; a single dark link is no isolation.
  const living = REGIONS.filter((place) => place !== region && !isDark(place));
  return living.length === 0 || living.some((place) => network.reachable(place, region)) ? 'up' : 'cut off';
}

async function readDatabase({ pair }: Twin, region: string): Promise<DatabaseView> {
  const server = pair.server(region);
  const closed = !pair.ingress(region).rules.client;
  const base = { name: DATABASE, closed, role: 'unknown', lagSeconds: null } as const;
  if (!server.isRunning) return { ...base, state: 'stopped' };
  if (server.isFrozen) return { ...base, state: 'frozen' };
  const row = await Promise.race([facts(server).catch(() => undefined), new Promise<undefined>((resolve) => setTimeout(resolve, ANSWER_MS_MAX, undefined))]);
  if (row === undefined) return { ...base, state: 'unknown' };
  return { ...base, state: 'up', role: row.recovering ? 'replica' : 'writer', lagSeconds: row.recovering && row.lag !== null ? Math.max(0, Math.round(row.lag * 100) / 100) : null };
}

/** The age of the newest transaction that was replayed: with steady writes it is the lag, and grows when replication has stopped. */
async function facts(server: PostgresServer): Promise<{ readonly recovering: boolean; readonly lag: number | null } | undefined> {
  const [row] = await server.query<{ recovering: boolean; lag: number | null }>('select pg_is_in_recovery() as recovering, extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 as lag');
  return row;
}
