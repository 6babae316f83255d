// Names to addresses by chosen name servers: the probers' own way of looking up, and what authoritative servers answer.
// The system's resolver caches and follows whatever the host is set to, which is not what a prober wants to measure.
import { Resolver } from 'node:dns/promises';
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { TryAgainError } from '../domain/errors.ts';

/** Route 53 answers within tens of milliseconds; two tries survive one lost packet. */
const RESOLVER_LIMITS = { timeout: 1000, tries: 2 } as const;
/** There is no such record, or the name has records of other kinds only. */
const NO_ANSWER = new Set(['ENODATA', 'ENOTFOUND']);

/** A resolver that asks these servers (`address:port`) and caches nothing. */
export function resolverOf(servers: readonly string[]): Resolver {
  const resolver = new Resolver(RESOLVER_LIMITS);
  resolver.setServers([...servers]);
  return resolver;
}

/** A `lookup` for sockets that asks the given servers; the system's own when there are none. */
export function lookupThrough(servers: readonly string[]): LookupFunction {
  if (servers.length === 0) return systemLookup as LookupFunction;
  return (hostname, options, callback) => {
    addressesOf(resolverOf(servers), hostname).then((found) => {
      const first = found[0];
      if (first === undefined) {
        callback(Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' }), '', 0);
      } else if (options.all === true) {
        callback(null, [...found]);
      } else {
        callback(null, first.address, first.family);
      }
    }, (error: unknown) => { callback(error as NodeJS.ErrnoException, '', 0); });
  };
}

/** What one server answers now for a name: its addresses and, where the name is an alias, its target. */
export async function answersOf(resolver: Resolver, name: string): Promise<readonly string[]> {
  const [addresses, targets] = await Promise.all([addressesOf(resolver, name), orNothing(resolver.resolveCname(name))]);
  return [...targets, ...addresses.map((entry) => entry.address)];
}

/**
 * What the authoritative servers answer now, all of them asked: a weighted record answers with one of its members at random, so
 * each answer more is evidence. Servers that give no answer are left out; TryAgainError when none answers.
 */
export async function authoritativeAnswers(servers: readonly string[], name: string): Promise<readonly string[]> {
  const asked = servers.length > 0 ? servers : await authoritativeServers(name);
  const answers = await Promise.allSettled(asked.map((server) => answersOf(resolverOf([server]), name)));
  const heard = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  if (heard.length === 0) {
    const reasons = answers.map((answer) => (answer.status === 'rejected' ? String((answer.reason as NodeJS.ErrnoException).code) : '')).join(', ');
    throw new TryAgainError(`resolve ${name}: none of ${asked.length} authoritative servers answers (${reasons || 'none is known'})`);
  }
  return [...new Set(heard.flat())].sort();
}

/** The addresses of the servers of the closest zone above a name, by the system's resolver. Changes over months: kept per process. */
const zoneServers = new Map<string, readonly string[]>();
async function authoritativeServers(name: string): Promise<readonly string[]> {
  const known = zoneServers.get(name);
  if (known !== undefined) return known;
  const resolver = new Resolver(RESOLVER_LIMITS);
  const labels = name.replace(/\.$/, '').split('.');
  for (let start = 0; start < labels.length - 1; start += 1) {
    const hosts = await orNothing(resolver.resolveNs(labels.slice(start).join('.')));
    if (hosts.length === 0) continue;
    const addresses = await Promise.all(hosts.map((host) => orNothing(resolver.resolve4(host))));
    const found = addresses.flat();
    if (found.length > 0) zoneServers.set(name, found);
    return found;
  }
  return [];
}

async function addressesOf(resolver: Resolver, name: string): Promise<readonly LookupAddress[]> {
  const [four, six] = await Promise.all([orNothing(resolver.resolve4(name)), orNothing(resolver.resolve6(name))]);
  return [...four.map((address) => ({ address, family: 4 })), ...six.map((address) => ({ address, family: 6 }))];
}

/** "No such record" is an answer; everything else (refused, timed out, server failure) is not and rejects. */
async function orNothing(answer: Promise<string[]>): Promise<readonly string[]> {
  try {
    return await answer;
  } catch (error) {
    if (NO_ANSWER.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
