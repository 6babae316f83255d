// From what AWS, the network or PostgreSQL threw to the errors that the state machines know. Pure. Three questions: may it pass by
// itself (try again), was it a clear no (refused), or was the answer not understood (unexpected: unknown, therefore unsafe)?
import {
  InvalidInputError, LeaseLostError, RefusedByAwsError, StoppedByOperatorError, TryAgainError, UnexpectedAnswerError,
} from '../domain/errors.ts';
import { redactedText } from './redaction.ts';

/** What was asked of whom: named in every message, so that a page tells which permission or resource is missing. */
export interface Request {
  /** As IAM writes it, such as `rds:PromoteReadReplica`. */
  readonly action: string;
  readonly resource: string;
}

interface Thrown {
  readonly name?: string; readonly message?: string; readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: unknown; readonly $fault?: string; readonly errors?: readonly unknown[];
}

const OURS = [TryAgainError, LeaseLostError, StoppedByOperatorError, RefusedByAwsError, InvalidInputError, UnexpectedAnswerError];

/** Names that pass by themselves although their status says "your fault" (400). */
const PASSING = new Set([
  'ReplicatedWriteConflictException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException',
  'Throttling', 'ThrottledException', 'TooManyRequestsException', 'BandwidthLimitExceeded', 'EC2ThrottledException', 'SlowDown',
  'PriorRequestNotComplete', 'RequestThrottled', 'RequestThrottledException', 'TransactionInProgressException', 'InternalFailure',
  'InternalError', 'InternalServerError', 'InternalServiceError', 'ServiceUnavailable', 'ServerException', 'TimeoutError', 'AbortError',
  'RequestTimeout', 'RequestTimeoutException', 'RequestExpired', 'ExpiredToken', 'ExpiredTokenException',
  // Another change of the same group, function or target is under way.
  'ScalingActivityInProgress', 'ResourceContention', 'ConcurrentUpdateException', 'ResourceConflictException',
  // S3: two put the same key at once, or the bucket is being changed.
  'ConditionalRequestConflict', 'OperationAborted',
  // A backup or a change of the instance is under way: the state passes, and the caller looks again before it asks again.
  'InvalidDBInstanceState', 'InvalidDBInstanceStateFault', 'InvalidDBClusterStateFault', 'InvalidGlobalClusterStateFault',
]);
const NETWORK = new Set([
  'ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNABORTED',
  'EHOSTDOWN', 'ENETDOWN', 'ETIMEOUT', 'ESERVFAIL', 'EADDRNOTAVAIL', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_SOCKET',
]);
/** SQLSTATE classes and states: connection, resources, shutdown or start, cancelled, lock, serialization, still read-only. */
const SQL_PASSING = /^(08|53|57|55P03|40|25006|58)/;
const SQL_REFUSED = /^(28|42|3D|3F|22|23|0A)/;

/** The error of domain/errors.ts for anything that was thrown; the cause is kept. */
export function failure(error: unknown, request: Request): Error {
  if (OURS.some((kind) => error instanceof kind)) return error as Error;
  const thrown = (typeof error === 'object' && error !== null ? error : { message: String(error) }) as Thrown;
  const message = `${request.action} on ${request.resource}: ${described(thrown)}`;
  switch (kindOf(thrown)) {
    case 'passing': return new TryAgainError(message, { cause: error });
    case 'refused': return new RefusedByAwsError(message, { cause: error });
    case 'unexpected': return new UnexpectedAnswerError(message, { cause: error });
  }
}

/** Asks, and turns whatever is thrown into an error of ours. */
export async function asking<T>(request: Request, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw failure(error, request);
  }
}

/** Could the other side not be reached at all (as against: it answered with a no)? */
export function isUnreachable(error: unknown): boolean {
  const cause = (error as { readonly cause?: unknown } | null)?.cause;
  const thrown = (cause ?? error) as Thrown | null;
  const code = thrown === null ? '' : codeOf(thrown);
  // 57P03: the server starts, stops or recovers and takes no session, so no client has one either.
  if (NETWORK.has(code) || code === '57P03' || code.startsWith('08') || hasNetworkPart(thrown)) return true;
  // The driver's own time-outs carry no code; a time-out that the server reports does, and shows that it was reached.
  return code === '' && /timeout|terminated unexpectedly/i.test(thrown?.message ?? '');
}

function kindOf(thrown: Thrown): 'passing' | 'refused' | 'unexpected' {
  const name = thrown.name ?? '';
  const code = codeOf(thrown);
  const status = thrown.$metadata?.httpStatusCode;
  if (PASSING.has(name) || PASSING.has(code) || NETWORK.has(code) || hasNetworkPart(thrown)) return 'passing';
  // A body that cannot be read comes with a good status, or as a plain SyntaxError of the parser.
  if (name === 'SyntaxError' || (status !== undefined && status < 400)) return 'unexpected';
  if (status === 429 || (status !== undefined && status >= 500)) return 'passing';
  if (thrown.$retryable !== undefined) return 'passing';
  if (status !== undefined && status >= 400) return 'refused';
  if (name === 'CredentialsProviderError') return 'refused';
  return sqlKind(thrown, code);
}

/** The SDK wraps what it does not take for an Error (one of another JavaScript realm, say): its code is then only in the text. */
function codeOf(thrown: Thrown): string {
  if (typeof thrown.code === 'string') return thrown.code;
  const wrapped = /^AWS SDK error wrapper for .*?\b(E[A-Z]{4,})\b/.exec(thrown.message ?? '');
  return wrapped?.[1] ?? '';
}

function sqlKind(thrown: Thrown, code: string): 'passing' | 'refused' | 'unexpected' {
  if (SQL_PASSING.test(code)) return 'passing';
  if (SQL_REFUSED.test(code)) return 'refused';
  // pg throws plain errors for its own time-outs and for a connection that ends; they carry no code.
  if (/timeout|terminated unexpectedly|not queryable/i.test(thrown.message ?? '')) return 'passing';
  return 'unexpected';
}

/** A connection tried on several addresses fails with an AggregateError that holds the network errors. */
const hasNetworkPart = (thrown: Thrown | null): boolean =>
  (thrown?.errors ?? []).some((part) => NETWORK.has(String((part as Thrown | null)?.code ?? '')));

/** Long messages of AWS repeat the whole request; 300 characters name the missing permission. */
function described(thrown: Thrown): string {
  const parts = (thrown.errors ?? []).map((part) => (part as Thrown).message ?? '').filter((text) => text !== '');
  const text = redactedText(thrown.message === undefined || thrown.message === '' ? parts.join('; ') : thrown.message);
  const label = thrown.name === undefined || thrown.name === 'Error' || thrown.name === 'error' ? String(thrown.code ?? '') : thrown.name;
  return [label, text.slice(0, 300)].filter((part) => part !== '').join(': ') || 'no message';
}
