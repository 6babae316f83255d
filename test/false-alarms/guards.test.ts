// Directed disturbances: each guard of detection is met by the one situation that it is there for, once with it and once without it.
import { describe, expect, test } from '@jest/globals';
import { at, changed, evacuated, home, lost, run, standby, witness } from './ground.ts';
import type { Effect } from '../../simulator/false-alarms/disturbance.ts';

const HOUR = 3600;
const noControl = (vantagePoint: string): Effect => ({ on: 'control', vantagePoint, share: 1 });
const away = (place: string): Effect => ({ on: 'absent', place });

describe('a region that is well is not left', () => {
  test.each([
    ['nothing happens', []],
    ['the witness alone loses its path, for an hour', [at(HOUR, HOUR, lost(witness, home))]],
    ['the pair loses its link, and the standby its way to write', [at(HOUR, HOUR, lost(standby, home), lost(home, standby), { on: 'writes', through: standby, share: 1 })]],
    ['everybody fails to reach it for 4 s, a hundred times', Array.from({ length: 100 }, (_, index) => at(HOUR + index * 307, 4, lost('any', home)))],
    ['its answers are slow for an hour', [at(HOUR, HOUR, { on: 'path', vantagePoint: 'any', target: home, failure: 'slow', share: 1 })]],
    ['nobody reaches anything', [at(HOUR, HOUR, lost('any', 'any'), noControl('any'))]],
    ['both regions fail for everybody', [at(HOUR, HOUR, lost('any', 'any'))]],
    ['a witness whose clock is off loses its path', [at(HOUR, HOUR, { on: 'clock', place: witness, offsetMs: 20_000 }), at(HOUR + 300, 600, lost(witness, home), lost(standby, home))]],
  ])('%s', async (_name, disturbances) => {
    expect(await evacuated(disturbances)).toEqual([]);
  });
});

describe('without its guard it would be left', () => {
  test('quorum: one vantage point is enough', async () => {
    const cut = [at(HOUR, 60, lost(witness, home))];
    expect(await evacuated(cut)).toEqual([]);
    expect(await evacuated(cut, { plan: changed({ quorum: 1 }) })).toEqual([home]);
  });
  test('failures in a row: one is enough for a second of interruption', async () => {
    const blips = Array.from({ length: 60 }, (_, index) => at(HOUR + index * 307, 3, lost('any', home)));
    expect(await evacuated(blips)).toEqual([]);
    expect(await evacuated(blips, { plan: changed({ failuresToSuspect: 1 }) })).toContain(home);
  });
  test('freshness: the last word of an agent that is gone counts for ever', async () => {
    const lastWord = [at(HOUR, 20, lost(standby, home)), at(HOUR + 20, HOUR, away(standby)), at(HOUR + 1800, 60, lost(witness, home))];
    expect(await evacuated(lastWord)).toEqual([]);
    expect(await evacuated(lastWord, { plan: changed({ evidenceAgeSecondsMax: 1_000_000 }) })).toEqual([home]);
  });
  test('control endpoint: the trouble of the accusers is taken for that of the accused', async () => {
    const carrier = [at(HOUR, 300, lost(witness, home), lost(standby, home), noControl(witness), noControl(standby))];
    expect(await evacuated(carrier)).toEqual([]);
    expect(await evacuated(carrier, { controlIgnored: true })).toEqual([home]);
  });
});

describe('where the border is', () => {
  test('a region that everybody fails to reach for twenty seconds is left, once', async () => {
    const { failovers, suspicions } = await run([at(HOUR, 20, lost('any', home))]);
    expect(failovers.map((failure) => failure.evacuated)).toEqual([home]);
    expect(failovers[0]?.reason).toMatch(/of 3 vantage points see .* down/);
    expect(suspicions.length).toBeGreaterThan(1);
  });
  test('two paths that fail by chance at once are taken for an outage: two of three cannot tell them apart', async () => {
    expect(await evacuated([at(HOUR, 60, lost(witness, home)), at(HOUR + 7, 60, lost(standby, home))])).toEqual([home]);
  });
  test('in the cooldown a second outage is confirmed and not acted on', async () => {
    const { failovers, endings } = await run([at(HOUR, 60, lost('any', home)), at(HOUR + 600, 60, lost('any', home))]);
    expect(failovers).toHaveLength(1);
    expect(endings.filter(({ kind, claimed }) => kind === 'down' && !claimed).length).toBeGreaterThan(0);
  });
});
