// The agent of a vantage point: rounds, memory from one run to the next, gaps, suspicions, incidents, and trouble with its own stores.
import { describe, expect, test } from '@jest/globals';
import { TryAgainError } from '../../../domain/errors.ts';
import type { Observation, ProbeOutcome } from '../../../domain/observation.ts';
import type { Figure, Ports } from '../../../domain/ports.ts';
import { figuresOf } from '../../../functions/observe/figures.ts';
import { observe } from '../../../functions/observe/observe.ts';
import { home, Memory, plan, seen, start, survivor, witness } from '../ports.ts';

const { probeIntervalSeconds, failuresToSuspect, evidenceAgeSecondsMax } = plan.detection;
const good: ProbeOutcome = { answered: true, read: 'ok', write: 'ok', latencyMs: 20, writer: home, epoch: 1 };
const silence: ProbeOutcome = { answered: false, failure: 'timed-out', read: 'unknown', write: 'unknown', latencyMs: 2000 };
const homeIs = (outcome: ProbeOutcome) => (url: string): ProbeOutcome => (url.includes(home) ? outcome : good);
const run = (memory: Memory, rounds: number, ports: Ports = memory.ports(), place: string = witness) => observe(ports, plan, place)({ runSeconds: rounds * probeIntervalSeconds });
const fresh = (): Memory => {
  const memory = new Memory();
  memory.observations.clear();
  return memory;
};
const of = (memory: Memory, place: string = witness) => memory.observations.get(`${place}#${home}`);

describe('a failed probe', () => {
  const error502: ProbeOutcome = { answered: false, failure: 'bad-status', detail: '502', read: 'unknown', write: 'unknown', latencyMs: 5 };
  /** Answers of home in turn, each after so many milliseconds. */
  const answering = (memory: Memory, ...answers: readonly (readonly [ProbeOutcome, number])[]) => {
    const asked: number[] = [];
    const ports = memory.ports();
    const probe: Ports['prober']['probe'] = async (url, timeoutSeconds) => {
      if (!url.includes(home)) return good;
      asked.push(timeoutSeconds);
      const [outcome, ms] = answers[Math.min(asked.length, answers.length) - 1]!;
      memory.now += ms;
      return outcome;
    };
    return { asked, ports: { ...ports, prober: { ...ports.prober, probe } } };
  };
  const { probeTimeoutSeconds, slowSeconds } = plan.detection;

  test('that comes at once is tried once more within the time of the same probe, and a good answer counts', async () => {
    const memory = fresh();
    const { asked, ports } = answering(memory, [error502, 100], [good, 20]);
    await run(memory, 1, ports);
    expect(asked).toEqual([probeTimeoutSeconds, probeTimeoutSeconds - 0.1]);
    expect(of(memory)).toMatchObject({ result: 'up', consecutiveFailures: 0 });
  });

  test('that fails again is one failure, not two', async () => {
    const memory = fresh();
    const { asked, ports } = answering(memory, [error502, 100]);
    await run(memory, 1, ports);
    expect(asked).toHaveLength(2);
    expect(of(memory)).toMatchObject({ result: 'down', consecutiveFailures: 1 });
  });

  test.each<[string, ProbeOutcome, number, number]>([
    ['no answer takes the whole time', silence, probeTimeoutSeconds * 1000, 1],
    ['too little time is left for an answer that is not slow', error502, (probeTimeoutSeconds - slowSeconds) * 1000 + 1, 1],
    ['just enough is left', error502, (probeTimeoutSeconds - slowSeconds) * 1000, 2],
    ['a write that was refused is no failure', { ...good, write: 'refused' }, 5, 1],
    ['nor is a slow answer', { ...good, latencyMs: 1500 }, 5, 1],
  ])('%s', async (_, outcome, ms, times) => {
    const memory = fresh();
    const { asked, ports } = answering(memory, [outcome, ms]);
    await run(memory, 1, ports);
    expect(asked).toHaveLength(times);
  });
});

describe('rounds', () => {
  test('that were missed are left out: two looks at one moment are no run of failures', async () => {
    const memory = fresh();
    memory.probe = homeIs(silence);
    const ports = memory.ports();
    let puts = 0;
    const stalls: Ports = { ...ports, observations: { ...ports.observations, put: async (entry) => { if (puts++ === 0) memory.now += 2.5 * probeIntervalSeconds * 1000; await ports.observations.put(entry); } } };
    const ran = await run(memory, 6, stalls);
    // The first took until the middle of the third interval: the second and third are left out.
    expect(ran.rounds).toBe(4);
    expect(of(memory)).toMatchObject({ consecutiveFailures: 4, at: start + 5 * probeIntervalSeconds * 1000 });
  });

  test('both regions are probed in each, and what was seen is recorded', async () => {
    const memory = fresh();
    expect(await run(memory, 4)).toEqual({ rounds: 4, suspicions: 0 });
    expect([...memory.observations.keys()]).toEqual([`${witness}#${home}`, `${witness}#${survivor}`]);
  });

  test('a run of failures goes on from one run of the agent to the next', async () => {
    const memory = fresh();
    memory.probe = homeIs(silence);
    await run(memory, 3);
    await run(memory, 2);
    expect(of(memory)).toMatchObject({ consecutiveFailures: 5, failingSince: start });
  });

  test('after a gap the run starts anew, but when a write was last seen stays true', async () => {
    const memory = fresh();
    memory.probe = homeIs(silence);
    memory.see(seen(witness, home, 'down', { at: start - (evidenceAgeSecondsMax * 1000 + 1), consecutiveFailures: 50, lastWriteAt: start - 400_000, epoch: 6 }));
    await run(memory, 1);
    expect(of(memory)).toMatchObject({ consecutiveFailures: 1, failingSince: start, lastWriteAt: start - 400_000, epoch: 6 });
  });

  test('slow stores do not make it run on and on beside its successor', async () => {
    const memory = fresh();
    const ports = memory.ports();
    const slow: Ports = { ...ports, observations: { ...ports.observations, put: async (entry) => { memory.now += 20_000; await ports.observations.put(entry); } } };
    await run(memory, 6, slow);
    expect(memory.now - start).toBeLessThan(6 * probeIntervalSeconds * 1000 + 45_000);
  });

  test('a process that stood still does not record what it saw before', async () => {
    const memory = fresh();
    const ports = memory.ports();
    const frozen: Ports = { ...ports, prober: { ...ports.prober, probe: async () => { memory.now += 60_000; return silence; } } };
    await expect(run(memory, 1, frozen)).rejects.toThrow(/stood still/);
    expect(memory.observations.size).toBe(0);
  });
});

describe('stores that fail for a moment', () => {
  test.each<[string, (ports: Ports, failing: () => boolean) => Ports]>([
    ['reading what was seen before', (ports, failing) => ({ ...ports, observations: { ...ports.observations, list: async (name) => (failing() ? Promise.reject(new TryAgainError('throttled')) : ports.observations.list(name)) } })],
    ['recording what is seen', (ports, failing) => ({ ...ports, observations: { ...ports.observations, put: async (entry) => (failing() ? Promise.reject(new TryAgainError('throttled')) : ports.observations.put(entry)) } })],
    ['raising a suspicion', (ports, failing) => ({ ...ports, events: { suspect: async (suspicion, region) => (failing() ? Promise.reject(new TryAgainError('throttled')) : ports.events.suspect(suspicion, region)) } })],
  ])('%s: the other rounds go on, and the trouble is reported', async (_, wrap) => {
    const memory = fresh();
    memory.probe = homeIs(silence);
    const failing = () => memory.now < start + failuresToSuspect * probeIntervalSeconds * 1000;
    await expect(run(memory, 8, wrap(memory.ports(), failing))).rejects.toBeInstanceOf(TryAgainError);
    expect(of(memory)?.consecutiveFailures).toBeGreaterThanOrEqual(6);
    expect(memory.suspicions.length).toBeGreaterThan(0);
  });
});

describe('suspicion', () => {
  test('is raised once it is due, names one incident, and goes to the bus of the survivor', async () => {
    const memory = fresh();
    memory.probe = homeIs(silence);
    const buses: string[] = [];
    const ports = memory.ports();
    await run(memory, 4, { ...ports, events: { suspect: async (suspicion, bus) => { buses.push(bus); await ports.events.suspect(suspicion, bus); } } });
    expect(buses).toEqual([survivor]);
    expect(memory.suspicions).toEqual([expect.objectContaining({ region: home, vantagePoint: witness, incident: `${home}-${start}`, since: start })]);
  });

  test.each<[string, string, readonly string[]]>([
    ['the witness starts the workflow in its own region', witness, [survivor, witness]],
    ['the survivor has no other bus', survivor, [survivor]],
    ['the accused region never does', home, [survivor]],
  ])('the survivor\'s bus is gone: %s', async (_, place, tried) => {
    const memory = fresh();
    memory.probe = homeIs(silence);
    const buses: string[] = [];
    const suspect = async (_suspicion: unknown, bus: string): Promise<void> => {
      buses.push(bus);
      if (bus === survivor) throw new TryAgainError('no answer');
    };
    await run(memory, failuresToSuspect, { ...memory.ports(), events: { suspect } }, place).catch(() => undefined);
    expect(buses).toEqual(tried);
  });
});

describe('incidents', () => {
  const open = (memory: Memory) => memory.incidents.get(home)?.isOpen;
  test('the region that is well again closes its own', async () => {
    const memory = fresh();
    let silent = true;
    memory.probe = (url) => homeIs(silent ? silence : good)(url);
    const ports = memory.ports();
    const heals: Ports = { ...ports, events: { suspect: async () => { silent = false; } } };
    await run(memory, failuresToSuspect + 1, heals);
    expect(open(memory)).toBe(false);
  });

  test('also one that an earlier run of the agent had opened', async () => {
    const memory = fresh();
    memory.probe = homeIs(silence);
    await run(memory, failuresToSuspect);
    expect(open(memory)).toBe(true);
    memory.probe = homeIs(good);
    await run(memory, 1);
    expect(open(memory)).toBe(false);
  });

  test('also one from before a gap in what this vantage point saw', async () => {
    const memory = fresh();
    memory.probe = homeIs(silence);
    await run(memory, failuresToSuspect);
    memory.now += 600_000;
    memory.probe = homeIs(good);
    await run(memory, 1);
    expect(open(memory)).toBe(false);
  });

  test('also when the suspicion itself could not be sent', async () => {
    const memory = fresh();
    let silent = true;
    memory.probe = (url) => homeIs(silent ? silence : good)(url);
    const suspect = async (): Promise<void> => { silent = false; throw new TryAgainError('no bus'); };
    await expect(run(memory, failuresToSuspect + 1, { ...memory.ports(), events: { suspect } })).rejects.toThrow(/no bus/);
    expect(open(memory)).toBe(false);
  });

  test('a region that was well all the time touches none', async () => {
    const memory = fresh();
    await run(memory, 5);
    expect(memory.incidents.size).toBe(0);
  });
});

describe('a look that an event asked for', () => {
  const look = (memory: Memory) => observe(memory.ports(), plan, witness)({ runSeconds: 3 * probeIntervalSeconds, unlessWatched: true });

  test('does nothing where the agent is at work: beside it the same failure would count twice', async () => {
    const memory = fresh();
    memory.probe = homeIs(silence);
    memory.see(seen(witness, home, 'down', { at: start - 2 * probeIntervalSeconds * 1000, consecutiveFailures: 1 }));
    expect(await look(memory)).toEqual({ rounds: 0, suspicions: 0 });
    expect(of(memory)?.consecutiveFailures).toBe(1);
  });

  test('looks where nobody looks, also when other places do', async () => {
    const memory = fresh();
    memory.probe = homeIs(silence);
    memory.see(seen(witness, home, 'up', { at: start - (2 * probeIntervalSeconds * 1000 + 1) }));
    memory.see(seen(survivor, home, 'down', { at: start }));
    expect(await look(memory)).toEqual({ rounds: 3, suspicions: 1 });
    expect(of(memory)).toMatchObject({ result: 'down', consecutiveFailures: 3 });
  });
});

describe('figures', () => {
  test('each round tells of both regions and of the vantage point itself', async () => {
    const memory = fresh();
    memory.probe = homeIs(silence);
    const written: [Readonly<Record<string, string>>, readonly Figure[]][] = [];
    await observe({ ...memory.ports(), figures: { publish: (about, figures) => written.push([about, figures]) } }, plan, witness)({ runSeconds: probeIntervalSeconds });
    const about = { application: plan.application, vantagePoint: witness };
    const value = (region: string | undefined, name: string) => written.find(([dimensions]) => dimensions['region'] === region)?.[1].find((figure) => figure.name === name)?.value;
    expect(written.map(([dimensions]) => dimensions)).toEqual(expect.arrayContaining([about, { ...about, region: home }, { ...about, region: survivor }]));
    expect([value(undefined, 'ControlReachable'), value(home, 'Healthy'), value(survivor, 'Healthy'), value(survivor, 'Latency')]).toEqual([1, 0, 1, 20]);
  });

  test.each<[string, Partial<Observation> & Pick<Observation, 'result'>, Readonly<Record<string, number>>]>([
    ['up', { result: 'up', write: 'ok' }, { Healthy: 1, Slow: 0, RefusedWrites: 0, Latency: 40 }],
    ['slow is not out', { result: 'slow', write: 'ok' }, { Healthy: 1, Slow: 1, RefusedWrites: 0, Latency: 40 }],
    ['fenced: writes are refused', { result: 'up', write: 'refused' }, { Healthy: 1, Slow: 0, RefusedWrites: 1, Latency: 40 }],
    ['no answer has no latency', { result: 'down' }, { Healthy: 0, Slow: 0, RefusedWrites: 0 }],
    ['its own writer is gone', { result: 'impaired', write: 'failed', writer: home }, { Healthy: 0, Slow: 0, RefusedWrites: 0, Latency: 40 }],
    ['it suffers from a writer elsewhere', { result: 'impaired', write: 'failed', writer: survivor }, { Healthy: 1, Slow: 0, RefusedWrites: 0, Latency: 40 }],
    ['a sick monitor says nothing', { result: 'abstained' }, {}],
  ])('%s', (_, view, expected) => {
    const { result, ...more } = view;
    expect(Object.fromEntries(figuresOf(seen(witness, home, result, more)).map(({ name, value }) => [name, value]))).toEqual(expected);
  });
});
