// What a name server says to one question. Pure: zones, health, chance and the view are given. Authoritative for the
// zones it holds, it follows CNAMEs inside the zone (as a region's resolver: across zones), tells NXDOMAIN from NODATA
// and refuses names that are in none of its zones.
import type { Answer, SoaAnswer } from 'dns-packet';
import { choose, type Healthy, type Random } from './choice.ts';
import { canonicalName, isWithin, parentName, spelledName, wildcardBelow } from './names.ts';
import { recordOf } from './record-data.ts';
import { isRecordType, type RecordSet } from './record-sets.ts';
import type { ServedZone, ZoneStore } from './zones.ts';

/** Longest chain of CNAMEs followed; BIND's limit is 16 too (`max-query-restarts` 11 since 9.18.29). */
const ALIASES_MAX = 16;

export type ResponseCode = 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'NOTIMP' | 'FORMERR';

export interface Reply {
  readonly code: ResponseCode;
  readonly authoritative: boolean;
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
}

export interface AnswerContext {
  readonly zones: Pick<ZoneStore, 'zoneFor'>;
  readonly healthy: Healthy;
  readonly random: Random;
  /** How this listener's clients reach an address; identity when absent. */
  readonly view?: ((address: string) => string) | undefined;
  /** A region's resolver goes on in other zones where an authoritative server stops. */
  readonly resolver?: boolean | undefined;
}

export interface Question {
  /** As the client spelled it: the answer repeats the spelling (0x20). */
  readonly name: string;
  readonly type: string;
}

const without = (code: ResponseCode): Reply => ({ code, authoritative: false, answers: [], authorities: [] });

/** The reply to one question of class IN. */
export function answer(question: Question, context: AnswerContext): Reply {
  const name = canonicalName(question.name);
  const zone = name === undefined ? undefined : context.zones.zoneFor(name);
  // Zone transfers are refused: Route 53 has none.
  if (name === undefined || !zone || ['AXFR', 'IXFR', 'OPT'].includes(question.type)) return without('REFUSED');
  const answers: Answer[] = [];
  let here = { zone, name, spelling: question.name.replace(/\.$/, '') };
  for (let aliases = 0; aliases <= ALIASES_MAX; aliases += 1) {
    const found = lookUp(here.zone, here.name, question.type, context);
    answers.push(...found.sets.flatMap((set) => recordsOf(set, here.spelling, context)));
    const target = found.alias === undefined ? undefined : canonicalName(found.alias);
    if (target === undefined) return finish(found.exists, answers, found.sets.length > 0, here.zone);
    const next = context.resolver ? context.zones.zoneFor(target) : isWithin(target, here.zone.name) ? here.zone : undefined;
    if (!next) return { code: 'NOERROR', authoritative: true, answers, authorities: [] };
    here = { zone: next, name: target, spelling: spelledName(target) };
  }
  // A loop of CNAMEs: nothing sensible can be said.
  return without('SERVFAIL');
}

/** RFC 2308: a negative answer carries the SOA, whose TTL is the smaller of its own and its minimum field. */
function finish(exists: boolean, answers: readonly Answer[], answered: boolean, zone: ServedZone): Reply {
  const authorities = answered ? [] : negativeSoa(zone);
  return { code: exists ? 'NOERROR' : 'NXDOMAIN', authoritative: true, answers, authorities };
}

interface Found {
  readonly exists: boolean;
  readonly sets: readonly RecordSet[];
  /** Where to go on, when the name is an alias of another (CNAME). */
  readonly alias?: string | undefined;
}

function lookUp(zone: ServedZone, name: string, type: string, context: AnswerContext): Found {
  const types = zone.names.get(name) ?? (zone.emptyNames.has(name) ? undefined : wildcardTypes(zone, name));
  if (!types) return { exists: zone.emptyNames.has(name) || name === zone.name, sets: [] };
  const pick = (sets: readonly RecordSet[] | undefined): RecordSet[] => {
    const chosen = sets && choose(sets, context.healthy, context.random);
    return chosen ? [chosen] : [];
  };
  if (type === 'ANY') return { exists: true, sets: [...types.values()].flatMap(pick) };
  const sets = isRecordType(type) ? pick(types.get(type)) : [];
  if (sets.length > 0) return { exists: true, sets };
  const [alias] = pick(types.get('CNAME'));
  return alias ? { exists: true, sets: [alias], alias: alias.values[0] } : { exists: true, sets: [] };
}

/** RFC 4592: the wildcard below the closest name that exists, if there is one. */
function wildcardTypes(zone: ServedZone, name: string): ReadonlyMap<string, readonly RecordSet[]> | undefined {
  for (let up = parentName(name); up !== undefined && isWithin(up, zone.name); up = parentName(up)) {
    const types = zone.names.get(wildcardBelow(up));
    if (types) return types;
    if (zone.names.has(up) || zone.emptyNames.has(up)) return undefined;
  }
  return undefined;
}

function recordsOf(set: RecordSet, spelling: string, { view }: AnswerContext): Answer[] {
  return set.values.flatMap((value) => {
    const seen = view && (set.type === 'A' || set.type === 'AAAA') ? view(value) : value;
    return recordOf(spelling, set.type, set.ttlSeconds, seen) ?? [];
  });
}

function negativeSoa(zone: ServedZone): Answer[] {
  const set = zone.names.get(zone.name)?.get('SOA')?.[0];
  const soa = set && (recordOf(spelledName(zone.name), 'SOA', set.ttlSeconds, set.values[0] ?? '') as SoaAnswer | undefined);
  return soa ? [{ ...soa, ttl: Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0) }] : [];
}
