// A person's word at any moment: a pause and an abort at every boundary of a failover (before and after each state, within waits, before
// each port call). The run stops at the next safe point, names the step and whose word it was, and a person can go on from there.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DESTRUCTIVE } from '../../simulator/invariants/check.ts';
import { PLAIN_OUTAGE } from '../../simulator/exhaustive.ts';
import type { Fault } from '../../simulator/faults.ts';
import type { ByPeople } from '../../simulator/people.ts';
import { boundaries, withWord, type Boundary, type Spoken } from '../../simulator/words.ts';

const SEEDS = (process.env['HOTSHIFT_SEEDS'] ?? '1').split(',').map(Number);
/** Long after everything has stopped a person acknowledges, takes the pause back and starts a failover by hand. */
const GO_ON: readonly Fault[] = [{ at: 300, do: 'ack' }, { at: 301, do: 'resume' }, { at: 302, do: 'start', place: 'standby', evacuate: 'home', mode: 'manual', name: 'by-hand' }];
const PAUSE_SECONDS = 900;
/** Over before the failover would have ended by itself. */
const BRIEF_SECONDS = 3;

const WORDS: Readonly<Record<string, (execution: string) => ByPeople>> = {
  'pause': () => ({ at: 0, do: 'pause', seconds: PAUSE_SECONDS }),
  'brief pause': () => ({ at: 0, do: 'pause', seconds: BRIEF_SECONDS }),
  'abort': (execution) => ({ at: 0, do: 'abort', execution }),
};

interface Run extends Spoken { readonly seed: number; readonly boundary: Boundary }
const endOf = ({ result, execution }: Spoken) => result.endings.find((ending) => ending.execution === execution);
const told = (run: Run): string => {
  const end = endOf(run);
  return `seed ${run.seed}, ${run.boundary.kind} ${run.boundary.name} (${run.boundary.turn}): ${end?.outcome ?? 'none'}: ${end?.reason ?? ''}; ${run.result.violations.map(({ invariant, what }) => `${invariant}: ${what}`).join('; ')} ${run.unheard.join(', ')}`;
};

/** Outcomes of executions before the person goes on by hand. */
const automatic = (run: Run) => run.result.endings.filter(({ execution }) => execution !== 'by-hand');

describe.each(Object.entries(WORDS))('%s at every boundary', (word, speak) => {
  const runs: Run[] = [];
  beforeAll(async () => {
    for (const seed of SEEDS) {
      const options = { seed, faults: [...PLAIN_OUTAGE, ...GO_ON] };
      for (const boundary of await boundaries({ seed, faults: PLAIN_OUTAGE })) {
        const spoken = await withWord(options, boundary, speak, DESTRUCTIVE);
        if (spoken === undefined) throw new Error(`seed ${seed} never came to ${JSON.stringify(boundary)}`);
        runs.push({ ...spoken, seed, boundary });
      }
    }
  }, 3_600_000);
  const failing = (wrong: (run: Run) => boolean): readonly string[] => runs.filter(wrong).map(told);

  test('the boundaries are those of a whole failover', () => {
    const names = new Set(runs.map(({ boundary }) => `${boundary.kind} ${boundary.name}`));
    for (const name of ['state Verify outage', 'state Claim lease', 'call claim leases.replace', 'wait Wait for fence', 'call fence permits.withdraw', 'state Promote replica', 'call promote database.promote', 'wait Wait for promotion', 'call shift permits.grant', 'call shift traffic.setWeights', 'state Conclude', 'call conclude leases.replace', 'state Failed over']) {
      expect(names).toContain(name);
    }
    expect(runs.length).toBeGreaterThan(100);
  });

  test('no invariant is violated, at no moment are there two writers, and at most one promotion is made', () => {
    expect(failing(({ result }) => result.violations.length > 0 || result.promoted.length > 1)).toEqual([]);
  });

  test('no step that begins after the word changes anything', () => {
    expect(failing(({ unheard }) => unheard.length > 0)).toEqual([]);
  });

  test('every execution ends in a named outcome, and one that was stopped says by whom and at which step', () => {
    expect(failing((run) => automatic(run).some(({ outcome }) => !['Failed over', 'Stood down', 'Handed to a human'].includes(outcome)))).toEqual([]);
    const stopped = runs.filter((run) => endOf(run)?.outcome === 'Handed to a human');
    expect(stopped.length).toBeGreaterThan(30);
    const whose = word === 'abort' ? /^(Claim lease|Assess survivor|Fence writer|Promote replica|Shift writes|Shift reads): .*a person asked \S+ to stop/ : /^(Assess survivor|Fence writer|Promote replica|Shift writes|Shift reads): .*paused by ann until /;
    expect(stopped.filter((run) => !whose.test(endOf(run)?.reason ?? '')).map(told)).toEqual([]);
  });

  test('people are told where it stopped, and which page of the runbook says what to do', () => {
    const stopped = runs.filter((run) => endOf(run)?.outcome === 'Handed to a human');
    const silent = stopped.filter(({ result }) => !result.told.some(({ title, lines, severity }) => severity === 'page' && title.startsWith('Handed to a human') && lines.some((line) => /What to do: docs\/runbook\.md#handed-over-at-[a-z-]+\. Every gate: hotshift why/.test(line))));
    expect(silent.map(told)).toEqual([]);
  });

  test('stopped at each of the steps that change something, and never half: a person who starts one by hand completes it from there', () => {
    const steps = new Set(runs.map((run) => endOf(run)?.reason.split(':')[0]));
    for (const step of ['Assess survivor', 'Fence writer', 'Promote replica', 'Shift writes']) expect(steps).toContain(step);
    expect(failing(({ result }) => result.writer !== result.world.plan.regions[1] || result.promoted.length !== 1 || !result.endings.some(({ outcome }) => outcome === 'Failed over'))).toEqual([]);
  });
});
