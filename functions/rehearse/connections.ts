// What stays behind when traffic moves: settings that name an instance or another region, and connections that are kept for long.
import type { BalancerDetails, Finding } from '../../domain/inventory.ts';
import { survivorOf, type ApplicationPlan, type Region } from '../../domain/plan.ts';
import { finding } from './catalogue.ts';

/** The shortest time that an ALB takes for it (ELB guide, client_keep_alive: 60 to 604,800 s). */
const KEEP_ALIVE_LEAST_SECONDS = 60;

export interface Setting { readonly place: string; readonly text: string }

/** Each setting of a region that would not follow a failover. The value itself is never shown: it may hold a password. */
export function settingFindings(plan: ApplicationPlan, region: Region, settings: readonly Setting[]): readonly Finding[] {
  return settings.flatMap(({ place, text }) => {
    const why = [...instancesIn(plan, text), ...peerIn(text, survivorOf(plan, region))];
    return why.length === 0 ? [] : [finding('connection-names-region', { region, subject: place }, `it names ${why.join(' and ')}`)];
  });
}

const instancesIn = (plan: ApplicationPlan, text: string): readonly string[] => plan.databases.flatMap(({ instances }) =>
  Object.values(instances).filter(({ host }) => bounded(host).test(text)).map(({ identifier }) => `the endpoint of ${identifier}`));

/** In a host name (`sqs.eu-west-1.amazonaws.com`), an ARN (`:eu-west-1:`) or alone: as a word, whatever stands around. */
const peerIn = (text: string, peer: Region): readonly string[] => (bounded(peer).test(text) ? [peer] : []);

function bounded(word: string): RegExp {
  return new RegExp(`(?<![a-z0-9])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![a-z0-9])`, 'i');
}

export function balancerFindings(plan: ApplicationPlan, region: Region, balancers: readonly BalancerDetails[]): readonly Finding[] {
  const ttlSeconds = Math.max(KEEP_ALIVE_LEAST_SECONDS, ...plan.traffic.map((traffic) => traffic.ttlSeconds));
  return balancers.filter(({ keepAliveSeconds }) => keepAliveSeconds > ttlSeconds).map(({ name, keepAliveSeconds, idleSeconds }) =>
    finding('balancer-keep-alive', { region, subject: name }, `client_keep_alive ${keepAliveSeconds} s, idle_timeout ${idleSeconds} s; the TTL is ${ttlSeconds} s`));
}
