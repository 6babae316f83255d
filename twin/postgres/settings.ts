// What a PostgreSQL of the twin is told, as the text of its settings file. Pure. Each number is here for a reason that is
// not speed alone; a caller may override any of them.

/** Where a standby gets its WAL from. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly slot: string;
}

export interface SettingsInput {
  /** The region: PostgreSQL's cluster_name, by which a client can tell which server it reached. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly upstream?: Upstream | undefined;
  readonly settings?: Readonly<Record<string, string | number>>;
}

const BASE: Readonly<Record<string, string | number>> = {
  unix_socket_directories: '',
  // Not below initdb's defaults: a standby with less than its primary refuses to start ("insufficient parameter settings").
  max_connections: 100,
  max_wal_senders: 10,
  max_replication_slots: 10,
  shared_buffers: '32MB',
  wal_level: 'replica',
  hot_standby: 'on',
  wal_log_hints: 'on',
  wal_keep_size: '256MB',
  // A dead peer is noticed in 5 s instead of 60 s; a black-holed standby vanishes from pg_stat_replication that fast.
  wal_receiver_timeout: '5s',
  wal_sender_timeout: '5s',
  wal_receiver_status_interval: '1s',
  wal_retrieve_retry_interval: '200ms',
  // A kill -9 loses nothing of the page cache; only a power cut would, and no twin survives one.
  fsync: 'off',
  jit: 'off',
  autovacuum_naptime: '1h',
  log_line_prefix: '%m [%p] ',
};

/** The settings file. Values are quoted and cannot break out of their line. */
export function settingsText({ name, host, port, upstream, settings = {} }: SettingsInput): string {
  const all = {
    ...BASE, cluster_name: name, listen_addresses: host, port,
    ...(upstream === undefined ? {} : { primary_conninfo: connectionText(upstream), primary_slot_name: upstream.slot }),
    ...settings,
  };
  return Object.entries(all).map(([key, value]) => `${key} = ${quoted(String(value))}\n`).join('');
}

/** A standby's application_name is its slot: so it is found in pg_stat_replication. */
function connectionText({ host, port, user, password, slot }: Upstream): string {
  return `host=${host} port=${port} user=${user} password=${password} application_name=${slot} sslmode=disable gssencmode=disable connect_timeout=5`;
}

function quoted(value: string): string {
  if (/[\r\n\0]/.test(value)) throw new RangeError('a setting cannot hold a line break');
  return `'${value.replaceAll("'", "''")}'`;
}
