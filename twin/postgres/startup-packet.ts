// The first message of a PostgreSQL connection, as far as an ingress must understand it: who calls, and for what. Pure.
// Format: https://www.postgresql.org/docs/18/protocol-message-formats.html (StartupMessage, SSLRequest, CancelRequest).

/** Whose session it is: the application's, Hotshift's maintenance role, or a standby's WAL stream. */
export type SessionKind = 'client' | 'maintenance' | 'replication';

export type StartupPacket =
  | { readonly kind: 'incomplete' }
  /** The caller asks for TLS or GSS; answered with N it goes on in plain. */
  | { readonly kind: 'encryption'; readonly length: number }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'session'; readonly session: SessionKind; readonly user: string }
  | { readonly kind: 'garbage' };

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
const PROTOCOL_MAJOR = 3;
/** PostgreSQL's own MAX_STARTUP_PACKET_LENGTH. */
const LENGTH_MAX = 10_000;

/** Reads what has come so far. */
export function startupPacket(bytes: Buffer, maintenanceUser: string): StartupPacket {
  if (bytes.length < 8) return { kind: 'incomplete' };
  const length = bytes.readUInt32BE(0);
  if (length < 8 || length > LENGTH_MAX) return { kind: 'garbage' };
  if (bytes.length < length) return { kind: 'incomplete' };
  const code = bytes.readUInt32BE(4);
  if (code === SSL_REQUEST || code === GSS_REQUEST) return { kind: 'encryption', length };
  if (code === CANCEL_REQUEST) return { kind: 'cancel' };
  if (code >>> 16 !== PROTOCOL_MAJOR) return { kind: 'garbage' };
  const words = bytes.toString('utf8', 8, length).split('\0');
  const parameters = new Map<string, string>();
  for (let index = 0; index + 1 < words.length; index += 2) parameters.set(words[index] ?? '', words[index + 1] ?? '');
  const user = parameters.get('user') ?? '';
  return { kind: 'session', user, session: sessionKind(user, parameters.get('replication'), maintenanceUser) };
}

/** PostgreSQL reads `replication` as a boolean, or the word database. */
function sessionKind(user: string, replication: string | undefined, maintenanceUser: string): SessionKind {
  if (replication !== undefined && !/^(f|false|n|no|off|0)$/i.test(replication)) return 'replication';
  return user === maintenanceUser ? 'maintenance' : 'client';
}
