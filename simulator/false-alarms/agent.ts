// One run of `observe`, the production verb, in a place: its ports on the virtual clock under the weather. A run that is ended by its
// limit or because its place has no agents never hears from a port again, as a process that is gone does not.
import type { Observation, ProbeOutcome } from '../../domain/observation.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';
import type { Ports, Suspicion } from '../../domain/ports.ts';
import { observe } from '../../functions/observe/observe.ts';
import type { VirtualClock } from '../clock.ts';
import type { Calling, Table } from './table.ts';
import type { Weather } from './weather.ts';

/** As resources/functions.ts and events/rules.yml deploy it. */
const LIMIT_MS = 75_000;
const RUN_SECONDS = 59;

export interface AgentWorld {
  readonly clock: VirtualClock;
  readonly weather: Weather;
  readonly table: Table;
  readonly plan: ApplicationPlan;
  /** Weakened policies take the control endpoint as reached, whatever it says. */
  readonly controlIgnored: boolean;
  readonly onRound: () => void;
  readonly onSeen: (observation: Observation) => void;
  /** Something other than a plain round happened in a place: a failed call, an incident opened or closed. */
  readonly onUnusual: (place: Region) => void;
  readonly onSuspicion: (suspicion: Suspicion, busRegion: Region) => void;
}

export function runAgent(world: AgentWorld, place: Region): void {
  const { clock, plan } = world;
  const startedAt = clock.now();
  const ports = portsOf(world, place, () => clock.now() < startedAt + LIMIT_MS && !world.weather.absentSince(place, startedAt, clock.now()));
  // It says at its end that some rounds were not recorded; Lambda counts an error and the next minute begins anew.
  observe(ports, plan, place)({ runSeconds: RUN_SECONDS }).catch(() => world.onUnusual(place));
}

type ObservePorts = Pick<Ports, 'prober' | 'observations' | 'events' | 'incidents' | 'clock'>;

function portsOf(world: AgentWorld, place: Region, lives: () => boolean): ObservePorts {
  const { clock, weather, table } = world;
  const from: Calling = { clock, weather, place, agent: true };
  const { observations, incidents } = table.storesFor(from);
  /** Whoever is gone neither asks nor hears. */
  const living = <Answer>(ask: () => Promise<Answer>): Promise<Answer> => (lives() ? ask().then((answer) => (lives() ? answer : never<Answer>())) : never());
  const unusual = <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    world.onUnusual(place);
    return living(ask);
  };
  return {
    clock: {
      now: () => Math.round(clock.now() + weather.clockOffsetMs(place, clock.now())),
      sleep: (delayMs) => living(() => wait(world, weather.thaw(place, clock.now() + delayMs))),
    },
    prober: proberOf(world, place, living),
    observations: {
      list: (application) => living(() => observations.list(application)),
      put: (observation) => living(() => {
        world.onSeen(observation);
        return observations.put(observation).catch((error: unknown) => {
          world.onUnusual(place);
          throw error;
        });
      }),
    },
    incidents: {
      open: (...rest) => unusual(() => incidents.open(...rest)),
      close: (...rest) => unusual(() => incidents.close(...rest)),
    },
    events: {
      suspect: (suspicion, busRegion) => unusual(() => {
        world.onSuspicion(suspicion, busRegion);
        return Promise.resolve();
      }),
    },
  };
}

/** The probes of one round are sent at once and waited for together: one event of the clock ends them all. */
function proberOf(world: AgentWorld, place: Region, living: <Answer>(ask: () => Promise<Answer>) => Promise<Answer>): Ports['prober'] {
  const { clock, weather, plan } = world;
  const targets = new Map(plan.regions.map((region) => [plan.probeUrls[region] ?? '', region]));
  let [endsAt, sent]: [Instant, Promise<void> | undefined] = [0, undefined];
  const together = <Answer>(answer: Answer, answeredAt: Instant): Promise<Answer> => {
    endsAt = sent === undefined ? answeredAt : Math.max(endsAt, answeredAt);
    // By the next microtask all probes of the round are sent.
    sent ??= Promise.resolve().then(() => {
      sent = undefined;
      return wait(world, endsAt);
    });
    return sent.then(() => answer);
  };
  return {
    reachesControl: (_url, timeoutSeconds) => living(() => {
      world.onRound();
      const sentAt = clock.now();
      const outcome = frozen(weather, place, sentAt, timeoutSeconds * 1000, { ...CONTROL, answered: weather.control(place, sentAt) });
      return together(outcome.answered || world.controlIgnored, sentAt + outcome.latencyMs);
    }),
    probe: (url, timeoutSeconds) => living(() => {
      const sentAt = clock.now();
      const outcome = frozen(weather, place, sentAt, timeoutSeconds * 1000, weather.probe(place, targets.get(url) ?? '', sentAt, timeoutSeconds * 1000));
      return together(outcome, sentAt + outcome.latencyMs);
    }),
    fetch: () => Promise.resolve(0),
  };
}

const CONTROL: ProbeOutcome = { answered: true, read: 'unknown', write: 'unknown', latencyMs: 60 };

/** A process that stands still hears an answer when it goes on; its timer for the limit may then come first. */
function frozen(weather: Weather, place: Region, sentAt: Instant, timeoutMs: number, outcome: ProbeOutcome): ProbeOutcome {
  const still = weather.frozenBetween(place, sentAt, sentAt + outcome.latencyMs);
  if (still === undefined) return outcome;
  const latencyMs = still.until - sentAt;
  if (latencyMs < timeoutMs) return { ...outcome, latencyMs };
  return { answered: false, failure: 'timed-out', read: 'unknown', write: 'unknown', latencyMs };
}

function wait({ clock }: AgentWorld, until: Instant): Promise<void> {
  if (until <= clock.now()) return Promise.resolve();
  return new Promise((resolve) => {
    clock.at(until, () => {
      clock.touched();
      resolve();
    });
  });
}

const never = <Answer>(): Promise<Answer> => new Promise<Answer>(() => undefined);
