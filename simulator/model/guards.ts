// The guards of the protocol, each with the production rule that it is. A guard is removed by hiding from the rule what it looks at,
// or by leaving out the call; so that what stays is the production rule itself.

export const GUARDS = {
  // The lease
  'conditional lease write': 'adapters/lease-store.ts replace: written only if the stored lease is the one that was read',
  'claim waits for the holder': 'functions/claim/claimable.ts, gate lease: not while another one holds it',
  'clock error in the claim': 'functions/claim/claimable.ts: a lease has expired only after the clock error, too',
  'lease read before each mutation': 'domain/authority.ts holdLease, called by every step that changes anything',
  'epoch check': 'domain/authority.ts authority: the epoch is the one that was claimed',
  'holder check': 'domain/authority.ts authority: the holder is this execution',
  'lease margin': 'domain/authority.ts authority: more than lease.margin is left',
  'lease extended': 'domain/authority.ts holdLease: at each safe point it lasts lease.ttl from then on',
  'lease read again before the promotion': 'functions/promote/promote.ts start: the right to act is asked for once more, after journaling',
  'step limit': 'resources/functions.ts timeoutSeconds: what a step asked for takes effect while its lease lasts, or never',
  // Stores that refuse what is older
  'withdrawal only by the newest': 'adapters/permit-store.ts withdraw: NO_NEWER_WITHDRAWAL and a smaller epoch stands',
  'grant only under a newer epoch': 'adapters/permit-store.ts grant: a smaller epoch stands and no newer one has withdrawn',
  'order only by the newest': 'adapters/intent-store.ts record: no newer order stands',
  // The fence
  'withdrawal before the wait': 'functions/fence/fence.ts order: permits.withdraw',
  'withdrawal read back': 'functions/fence/fencing.ts and functions/promote/permission.ts: the permit that is read must be withdrawn',
  'order written by the fence': 'functions/fence/fence.ts order: intents.record',
  'order recorded after the withdrawal': 'functions/fence/fence.ts order: recordedAt is taken after the withdrawal was answered',
  'permit wait at the fence': 'functions/fence/fencing.ts: not fenced before the last permit has ended',
  'permit wait at the promotion': 'functions/promote/permission.ts fenceGate: the permits have ended, looked at again',
  'permit life in the wait': 'domain/permits.ts permitsEndAt: permit.ttl after the last renewal',
  'clock error in the wait': 'domain/permits.ts permitsEndAt: permit.clockError on top',
  'order gate at the promotion': 'functions/promote/permission.ts, gate fence intent: open, and of this very epoch',
  'lock read back': 'functions/enforce/enforce.ts close: networkClosed is looked at after closing',
  'sessions ended': 'functions/enforce/enforce.ts close: a fence is closed only when the sessions were ended as well',
  'database made read-only': 'adapters/locks.ts makeReadOnly: stays when somebody opens the network again',
  'renewals are listed after the withdrawal': 'adapters/permit-store.ts read: the permit first, then the renewals; functions/fence/fence.ts: both after the withdrawal',
  'a renewal never goes back': 'guard/dynamodb.ts recordRenewal: written only if it is newer, since a request that was given up may act later',
  'a grant keeps the renewals': 'adapters/permit-store.ts grant: renewals lie apart; servers may still hold permits of the grant before, and must be waited for',
  // The promotion and the writes
  'committed write before the grant': 'functions/shift/shift-writes.ts: no grant without a write probe journaled under this epoch',
  'order gate at the assessment': 'functions/assess/readiness.ts, gate order to fence it: a region under an open order never takes over',
  // The server's own guard
  'permit checked before a write': 'guard/guard.ts write: assertWritable',
  'time checked in the statement': 'guard/README.md: clock_timestamp() < permit.expiresAt, in the statement itself',
  'permit checked before the acknowledgement': 'guard/guard.ts write: stillHolds',
  'renewal is written before the permit is read': 'guard/dynamodb.ts dynamodbRenewal: recordRenewal, then permitOf',
  'permit counts from before the renewal': 'guard/permit.ts answered: since is the moment at which the renewal was sent',
  'a refusal ends the permit': 'guard/permit.ts answered: a refused renewal leaves nothing held',
  'surrender waits for writes': 'guard/surrender.ts answered: not while a write is under way',
  'surrender waits for doubts': 'guard/surrender.ts during: nor while one that ended in doubt could still commit',
  // People
  'pause at the claim': 'functions/claim/claimable.ts, gate pause',
  'pause at each mutation': 'domain/authority.ts authority: stopped while paused',
  'cooldown': 'functions/claim/claimable.ts, gate cooldown',
  'acknowledgement': 'functions/claim/claimable.ts, gate acknowledgement',
  'doubts outlast the clock error': 'guard/guard.ts write: a write in doubt may commit until its end by the clock of the database, which may be behind by permit.clockError',
} as const satisfies Record<string, string>;

export type Guard = keyof typeof GUARDS;
export const guardNames = Object.keys(GUARDS) as readonly Guard[];
/** Those that are gone. */
export type Removed = ReadonlySet<Guard>;
