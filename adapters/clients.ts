// Settings of every SDK client. The SDK's own defaults wait without a limit, which a failover cannot afford: here each call ends
// soon, and what happens after an end is decided by the caller. Names no client, so that a bundle carries only what it imports.
import type { Region } from '../domain/plan.ts';

/** What a client is used for decides how long it may take and whether it may repeat by itself. */
export type Use = 'state' | 'reading' | 'changing';

export interface ClientSettings {
  readonly region: Region;
  readonly maxAttempts: number;
  readonly retryMode: 'standard';
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
    readonly httpAgent: { readonly keepAlive: true; readonly maxSockets: number };
    readonly httpsAgent: { readonly keepAlive: true; readonly maxSockets: number };
  };
}

interface Limits { readonly connectMs: number; readonly requestMs: number; readonly attempts: number }

/**
 * A round trip between any two regions is below 0.4 s: 1 s connects from anywhere.
 * `state`: DynamoDB with strong consistency across regions answers in tenths of a second; a caller holds a lease meanwhile.
 * `reading`: control planes are slower, and a repeated read is harmless.
 * `changing`: one attempt only. After a lost answer the caller looks before it asks again; the SDK would repeat blindly.
 */
const LIMITS: Readonly<Record<Use, Limits>> = {
  state: { connectMs: 1000, requestMs: 2000, attempts: 3 },
  reading: { connectMs: 1000, requestMs: 3000, attempts: 3 },
  changing: { connectMs: 1000, requestMs: 8000, attempts: 1 },
};

/** `standard`, not `adaptive`: the adaptive mode may hold back even a first attempt, and a failover makes few calls. */
export function clientSettings(region: Region, use: Use): ClientSettings {
  const { connectMs, requestMs, attempts } = LIMITS[use];
  const agent = { keepAlive: true, maxSockets: 50 } as const;
  return {
    region, maxAttempts: attempts, retryMode: 'standard',
    requestHandler: { connectionTimeout: connectMs, requestTimeout: requestMs, throwOnRequestTimeout: true, httpAgent: agent, httpsAgent: agent },
  };
}

/** Route 53 has one control plane for all regions, signed for us-east-1 (in China and GovCloud other names; not supported). */
export const GLOBAL_REGION: Region = 'us-east-1';

/** One client per region and process, made when first asked for: a warm Lambda keeps its connections. */
export function perRegion<Client>(make: (region: Region) => Client): (region: Region) => Client {
  const made = new Map<Region, Client>();
  return (region) => {
    const client = made.get(region) ?? make(region);
    made.set(region, client);
    return client;
  };
}
