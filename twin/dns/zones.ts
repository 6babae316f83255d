// The hosted zones, shared by the Route 53 service that changes them and the DNS server that answers from them.
// A zone has two faces: `recordSets`, what the API last accepted, and `served`, what name servers answer; a change
// reaches the second only when it is published, so that a PENDING change is visible in the API and not yet in DNS.
import { canonicalName, isWithin, parentName } from './names.ts';
import { recordSetKey, type RecordSet } from './record-sets.ts';

export type RecordSets = ReadonlyMap<string, RecordSet>;

export interface HostedZone {
  readonly id: string;
  /** Canonical. */
  readonly name: string;
  readonly callerReference: string;
  readonly comment: string;
  readonly recordSets: RecordSets;
  /** Grows with every accepted change. */
  readonly version: number;
  readonly served: ServedZone;
}

/** A zone as name servers see it, indexed for answering. */
export interface ServedZone {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** Name -> type -> sets. */
  readonly names: ReadonlyMap<string, ReadonlyMap<string, readonly RecordSet[]>>;
  /** Names that hold nothing but have something below them (empty non-terminals), RFC 4592 section 2.2.2. */
  readonly emptyNames: ReadonlySet<string>;
}

export class ZoneStore {
  readonly #zones = new Map<string, HostedZone>();

  /** Adds a zone; its first records are served at once, as its creation is not what is being rehearsed. */
  create(zone: { id: string; name: string; callerReference: string; comment?: string; recordSets: readonly RecordSet[] }): HostedZone {
    const name = canonicalName(zone.name);
    if (name === undefined) throw new RangeError(`not a domain name: ${JSON.stringify(zone.name)}`);
    if (this.#zones.has(zone.id)) throw new RangeError(`zone ${zone.id} exists`);
    const recordSets = new Map(zone.recordSets.map((set) => [recordSetKey(set), set]));
    const served = servedZone(zone.id, name, 1, recordSets);
    const created: HostedZone = { id: zone.id, name, callerReference: zone.callerReference, comment: zone.comment ?? '', recordSets, version: 1, served };
    this.#zones.set(zone.id, created);
    return created;
  }

  get(id: string): HostedZone | undefined {
    return this.#zones.get(id);
  }

  list(): readonly HostedZone[] {
    return [...this.#zones.values()];
  }

  /** Accepts new contents for the API's face and answers their version; name servers do not see them yet. */
  accept(id: string, recordSets: RecordSets): number {
    const zone = this.#must(id);
    const version = zone.version + 1;
    this.#zones.set(id, { ...zone, recordSets, version });
    return version;
  }

  /** Lets name servers answer from `recordSets`. An older version never replaces a newer one: changes keep their order. */
  publish(id: string, version: number, recordSets: RecordSets): void {
    const zone = this.#must(id);
    if (version <= zone.served.version) return;
    this.#zones.set(id, { ...zone, served: servedZone(id, zone.name, version, recordSets) });
  }

  /** The served zone that is responsible for a canonical name: the one with the longest matching name. */
  zoneFor(name: string): ServedZone | undefined {
    let best: ServedZone | undefined;
    for (const { served } of this.#zones.values()) {
      if (isWithin(name, served.name) && served.name.length > (best?.name.length ?? 0)) best = served;
    }
    return best;
  }

  #must(id: string): HostedZone {
    const zone = this.#zones.get(id);
    if (!zone) throw new RangeError(`no zone ${id}`);
    return zone;
  }
}

function servedZone(id: string, zoneName: string, version: number, recordSets: RecordSets): ServedZone {
  const names = new Map<string, Map<string, RecordSet[]>>();
  for (const set of recordSets.values()) {
    const types = names.get(set.name) ?? new Map<string, RecordSet[]>();
    types.set(set.type, [...(types.get(set.type) ?? []), set]);
    names.set(set.name, types);
  }
  const emptyNames = new Set<string>();
  for (const name of names.keys()) {
    for (let up = parentName(name); up !== undefined && isWithin(up, zoneName); up = parentName(up)) {
      if (!names.has(up)) emptyNames.add(up);
    }
  }
  return { id, name: zoneName, version, names, emptyNames };
}
