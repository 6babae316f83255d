// All domain ports in memory, for unit tests of verbs: a small world that keeps what it is told, with a clock that a test moves.
// It promises what domain/ports.ts says and models nothing else: no latency, no faults. Those are the simulator's.
import { TryAgainError } from '../../domain/errors.ts';
import type { EpochNotice } from '../../domain/sessions.ts';
import type { HookEvent } from '../../domain/hooks.ts';
import { countedIn } from '../../domain/capacity.ts';
import { readFileSync } from 'node:fs';
import type { FenceIntent, Lease, NetworkRule, Permit } from '../../domain/lease.ts';
import type { Failover, JournalEntry } from '../../domain/journal.ts';
import type { Observation, ProbeOutcome } from '../../domain/observation.ts';
import type { ApplicationPlan, DatabasePlan, Instant, Region } from '../../domain/plan.ts';
import type { Announcement, Asked, DatabaseFacts, InstanceFacts, Ports, Suspicion, TrafficSwitch } from '../../domain/ports.ts';
import { parsePlans } from '../../events/config.ts';

export const [home, survivor, witness] = ['eu-west-1', 'eu-central-1', 'eu-west-2'] as const;
export const start: Instant = Date.parse('2026-11-24T09:00:00Z');

const example = parsePlans(readFileSync(new URL('../../hotshift.example.yml', import.meta.url), 'utf8')).applications[0]!;
export const plan: ApplicationPlan = example;
export const database: DatabasePlan = plan.databases[0]!;
/** The example with two databases. */
export const twoDatabases: ApplicationPlan = { ...plan, databases: [database, { ...database, name: 'stock' }] };
export const failover: Failover = { application: plan.application, execution: 'run-1', evacuated: home, incident: 'incident-1', mode: 'automatic', startedAt: start };

/** A view of a vantage point, fresh at `start`. */
export const permitOf = (writer: Region): Permit => ({ application: 'shop', database: 'orders', epoch: 0, writer, withdrawn: false, renewals: {}, surrenders: {} });
export const seen = (vantagePoint: Region, target: Region, result: Observation['result'], more: Partial<Observation> = {}): Observation => ({
  application: plan.application, vantagePoint, target, at: start - 1000, result, reason: result, latencyMs: 40, write: result === 'up' ? 'ok' : 'unknown', writer: home,
  ...(result === 'up' || result === 'abstained' ? { consecutiveFailures: 0 } : { consecutiveFailures: plan.detection.failuresToSuspect, failingSince: start - 10_000 }), ...more,
});
/** The home region is down for everybody who can speak; the survivor serves. */
export const outage = (): readonly Observation[] => [survivor, witness].flatMap((place) => [
  seen(place, home, 'down', { lastWriteAt: start - 12_000 }), seen(place, survivor, 'impaired', { lastWriteAt: start - 12_000 }),
]);

const key = (...parts: readonly string[]): string => parts.join('#');

export class Memory {
  now = start;
  lease: Lease = { application: plan.application, epoch: 0, expiresAt: 0, acknowledgementDue: false };
  readonly permits = new Map<string, Permit>();
  readonly intents = new Map<string, FenceIntent>();
  readonly observations = new Map<string, Observation>();
  readonly journal: JournalEntry[] = [];
  readonly instances = new Map<string, InstanceFacts>();
  readonly facts = new Map<string, DatabaseFacts>();
  readonly promotions: string[] = [];
  readonly writeProbes: string[] = [];
  readonly closed = new Set<string>();
  readonly positions = new Map<string, number>();
  rules: readonly NetworkRule[] = [{ protocol: 'tcp', fromPort: 5432, toPort: 5432, peer: { kind: 'ipv4', value: '10.0.0.0/8' } }];
  readonly weights = new Map<string, Readonly<Record<Region, number>>>();
  readonly records = new Map<string, string>();
  readonly desired = new Map<string, number>();
  readonly told: Announcement[] = [];
  readonly suspicions: Suspicion[] = [];
  readonly incidents = new Map<string, { readonly id: string; readonly isOpen: boolean }>();
  readonly approvals = new Map<string, string>();
  readonly asked: Asked[] = [];
  readonly heldBy = new Map<string, string>();
  readonly sent = new Set<string>();
  probe: (baseUrl: string) => ProbeOutcome = () => ({ answered: true, read: 'ok', write: 'ok', latencyMs: 20, writer: home, epoch: 1 });
  control = true;
  switched: TrafficSwitch = { application: plan.application, epoch: 0 };
  controls: Readonly<Record<Region, boolean>> = { [home]: true, [survivor]: true };
  readonly notices = new Map<string, string>();
  readonly noticed: { readonly region: string; readonly notice: EpochNotice }[] = [];
  hook: (event: HookEvent) => unknown = () => ({ ok: true });
  statusOf: (url: string) => number = () => 200;
  /** What the authoritative servers answer; by default what was stored last. */
  answers: (name: string) => readonly string[] = (name) => this.#stored(name);
  readonly plan: ApplicationPlan;

  constructor(of: ApplicationPlan = plan) {
    this.plan = of;
    for (const observation of outage()) this.observations.set(key(observation.vantagePoint, observation.target), observation);
    for (const { name } of of.databases) {
      this.permits.set(name, { application: of.application, database: name, epoch: 0, writer: home, withdrawn: false, renewals: { one: start - 11_000 }, surrenders: {} });
      this.instances.set(key(name, survivor), { identifier: `${name}-replica`, status: 'available', isReplica: true, backupRetentionDays: 7 });
      this.facts.set(key(name, survivor), { inRecovery: true, replayedAt: start - 12_500, heartbeatAt: start - 12_200, readAt: start });
    }
    for (const traffic of of.traffic) this.weights.set(traffic.name, { [home]: 100, [survivor]: 100 });
    for (const capacity of of.capacity) for (const [region, { baseline }] of Object.entries(countedIn(capacity))) this.desired.set(key(capacity.name, region), baseline);
  }

  /** Makes `execution` the holder of the lease. */
  held(epoch = 1, execution = failover.execution): this {
    this.lease = { ...this.lease, epoch, holder: execution, expiresAt: this.now + plan.lease.ttlSeconds * 1000, incident: failover.incident, evacuated: home };
    return this;
  }

  see(...observations: readonly Observation[]): this {
    for (const observation of observations) this.observations.set(key(observation.vantagePoint, observation.target), observation);
    return this;
  }

  gates(): readonly string[] {
    return this.journal.flatMap((entry) => entry.gates ?? []).filter((gate) => !gate.passed).map((gate) => gate.gate);
  }

  #stored(name: string): readonly string[] {
    const traffic = this.plan.traffic.find((entry) => entry.recordName === name);
    if (traffic === undefined) return [this.records.get(name) ?? 'old-writer'];
    const weights = this.weights.get(traffic.name) ?? {};
    return Object.entries(traffic.endpoints).flatMap(([region, { ipv4, ipv6 }]) => ((weights[region] ?? 0) > 0 ? [...ipv4, ...ipv6] : []));
  }

  ports(): Ports {
    return { ...this.#stores(), ...this.#world() };
  }

  #stores(): Pick<Ports, 'leases' | 'permits' | 'switches' | 'intents' | 'observations' | 'journal' | 'incidents' | 'approvals' | 'announcements'> {
    return {
      leases: {
        read: async () => this.lease,
        replace: async (before, next) => { if (JSON.stringify(before) !== JSON.stringify(this.lease)) return false; this.lease = next; return true; },
      },
      permits: {
        read: async (_, name) => this.permits.get(name),
        withdraw: async (_, name, epoch, at) => {
          const stored = this.permits.get(name);
          if (stored === undefined || stored.epoch === epoch) return true;
          if (stored.epoch > epoch) return false;
          this.permits.set(name, { ...stored, withdrawn: true, withdrawnAt: stored.withdrawnAt ?? at });
          return true;
        },
        grant: async ({ database: name, epoch, writer, application }) => {
          const stored = this.permits.get(name);
          if (stored !== undefined && stored.epoch >= epoch) return stored.epoch === epoch && stored.writer === writer && !stored.withdrawn;
          // Renewals outlive grants.
          this.permits.set(name, { application, database: name, epoch, writer, withdrawn: false, renewals: stored?.renewals ?? {}, surrenders: stored?.surrenders ?? {} });
          return true;
        },
        forget: async (_, name, server, renewedAt) => {
          const stored = this.permits.get(name);
          if (stored?.renewals[server] !== renewedAt) return;
          const { [server]: _gone, ...renewals } = stored.renewals;
          this.permits.set(name, { ...stored, renewals });
        },
      },
      intents: {
        record: async (intent) => {
          const stored = this.intents.get(key(intent.database, intent.region));
          if (stored !== undefined && stored.epoch >= intent.epoch) return stored.epoch === intent.epoch;
          this.intents.set(key(intent.database, intent.region), intent);
          return true;
        },
        read: async (_, name, region) => this.intents.get(key(name, region)),
        listOpen: async (_, region) => [...this.intents.values()].filter((intent) => intent.region === region && intent.liftedAt === undefined),
        lift: async (intent, at) => {
          const stored = this.intents.get(key(intent.database, intent.region));
          if (stored?.epoch !== intent.epoch) return false;
          this.intents.set(key(intent.database, intent.region), { ...stored, liftedAt: stored.liftedAt ?? at });
          return true;
        },
        recordProof: async (intent, enforced) => {
          const stored = this.intents.get(key(intent.database, intent.region));
          if (stored?.epoch !== intent.epoch) throw new TryAgainError(`the order of epoch ${stored?.epoch ?? 0} stands`);
          this.intents.set(key(intent.database, intent.region), { ...stored, enforced });
        },
      },
      switches: {
        read: async () => this.switched,
        glance: async () => this.switched,
        set: async (next) => { if (next.epoch < this.switched.epoch) return false; this.switched = next; return true; },
      },
      observations: { put: async (observation) => void this.see(observation), list: async () => [...this.observations.values()] },
      journal: { record: async (entry) => void this.journal.push(entry), list: async (execution) => this.journal.filter((entry) => entry.execution === execution) },
      incidents: {
        open: async (_, region, at) => {
          const found = this.incidents.get(region);
          if (found?.isOpen === true) return found.id;
          this.incidents.set(region, { id: `${region}-${at}`, isOpen: true });
          return `${region}-${at}`;
        },
        close: async (_, region, id) => { if (this.incidents.get(region)?.id === id) this.incidents.set(region, { id, isOpen: false }); },
      },
      approvals: {
        ask: async (execution, _, token, _summary, asked) => { this.approvals.set(execution, token); this.asked.push(asked); },
        held: async (execution) => this.heldBy.get(execution),
      },
      announcements: { wasSent: async (_, name) => this.sent.has(name), markSent: async (_, name) => void this.sent.add(name) },
    };
  }

  #world(): Pick<Ports, 'clock' | 'prober' | 'database' | 'locks' | 'traffic' | 'controls' | 'capacity' | 'hooks' | 'sessions' | 'messenger' | 'events'> {
    return {
      clock: { now: () => this.now, sleep: async (delayMs) => { this.now += delayMs; } },
      prober: { probe: async (url) => this.probe(url), reachesControl: async () => this.control, fetch: async (url) => this.statusOf(url) },
      database: {
        describe: async ({ name }, region) => this.instances.get(key(name, region)),
        facts: async ({ name }, region) => this.facts.get(key(name, region)) ?? Promise.reject(new Error('no answer')),
        promote: async ({ name }, region) => {
          this.promotions.push(name);
          this.instances.set(key(name, region), { ...this.instances.get(key(name, region))!, isReplica: false });
          this.facts.set(key(name, region), { ...this.facts.get(key(name, region))!, inRecovery: false });
        },
        position: async ({ name }, region) => this.positions.get(key(name, region)) ?? 0,
        writeProbe: async ({ name }) => void this.writeProbes.push(name),
      },
      locks: {
        networkClosed: async ({ name }, region) => this.closed.has(key(name, region)),
        closeNetwork: async ({ name }, region) => void this.closed.add(key(name, region)),
        openRules: async ({ name }, region) => (this.closed.has(key(name, region)) ? [] : this.rules),
        openNetwork: async ({ name }, region) => void this.closed.delete(key(name, region)),
        allowWrites: async ({ name }, region) => this.facts.get(key(name, region))?.inRecovery !== true,
        endSessions: async () => ({ ended: 2, loginSeconds: 0 }),
      },
      traffic: {
        read: async ({ name }) => ({ weights: this.weights.get(name) ?? {} }),
        setWeights: async (changes) => changes.map(({ traffic, weights }, index) => { this.weights.set(traffic.name, weights); return `change-${index}`; }),
        pointWriter: async ({ writerRecord, instances }, region) => {
          const host = instances[region]!.host;
          if (writerRecord === undefined || this.records.get(writerRecord.name) === host) return undefined;
          this.records.set(writerRecord.name, host);
          return 'change-2';
        },
        resolve: async (name) => this.answers(name),
      },
      controls: {
        read: async () => this.controls,
        set: async (_, open) => { this.controls = open; },
      },
      capacity: {
        read: async ({ name }, region) => ({ desired: this.desired.get(key(name, region))!, running: this.desired.get(key(name, region))! }),
        setDesired: async ({ name }, region, desired) => void this.desired.set(key(name, region), desired),
      },
      sessions: {
        read: async (_, region) => this.notices.get(region),
        write: async (_, region, text) => void this.notices.set(region, text),
        tell: async (_, region, notice) => void this.noticed.push({ region, notice }),
      },
      hooks: { call: async (_, event) => this.hook(event) },
      messenger: { send: async (_, announcement) => void this.told.push(announcement) },
      events: { suspect: async (suspicion) => void this.suspicions.push(suspicion) },
    };
  }
}
