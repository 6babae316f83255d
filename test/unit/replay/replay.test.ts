// Replays: what the production policy makes of a record, how it is scored, and which lines are refused.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Region } from '../../../domain/plan.ts';
import { cellsOf, linesOf } from '../../../replay/lines.ts';
import { changedPolicy } from '../../../replay/policy.ts';
import { evidenceIn, type Format } from '../../../replay/read.ts';
import { replay, KEPT_MAX, type Result } from '../../../replay/replay.ts';
import type { Incident } from '../../../replay/score.ts';
import { hotshift } from '../cli/memory.ts';
import { exampleText } from '../config/example.ts';
import { home, plan, survivor, witness } from '../ports.ts';

const start = Date.parse('2026-10-20T07:00:00Z');
type Line = Readonly<Record<string, unknown>>;
const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();
const everywhere: readonly Region[] = [home, survivor, witness];

async function* parts(text: string, size = 11): AsyncGenerator<string> {
  for (let from = 0; from < text.length; from += size) yield text.slice(from, from + size);
}
const jsonl = (lines: readonly Line[]): string => lines.map((line) => JSON.stringify(line)).join('\n');
const read = (text: string, format: Format = 'jsonl') => evidenceIn(parts(text), format, plan, 'r.jsonl');
async function run(lines: readonly Line[], incidents?: readonly Incident[], changes: readonly string[] = []): Promise<Result> {
  const { results } = await replay(read(jsonl(lines)), [{ name: 'the plan', plan: changedPolicy(plan, changes).plan }], incidents);
  return results[0]!;
}

/** Rounds of all vantage points; `seen` says what one of them makes of a region, undefined for silence. */
const rounds = (from: number, to: number, seen: (vantagePoint: Region, target: Region, second: number) => Line | undefined): readonly Line[] => {
  const lines: Line[] = [];
  for (let second = from; second < to; second += 5) {
    for (const vantagePoint of everywhere) {
      for (const target of [home, survivor]) {
        const line = seen(vantagePoint, target, second);
        if (line !== undefined) lines.push({ at: at(second), kind: 'observation', vantagePoint, target, ...line });
      }
    }
  }
  return lines;
};
const calm = (from: number, to: number) => rounds(from, to, () => ({ result: 'up' }));
/** Home is gone: nobody there, and the survivor cannot write. */
const dead = (from: number, to: number) => rounds(from, to, (vantagePoint, target) => (vantagePoint === home ? undefined : target === home ? { result: 'down' } : { result: 'impaired', writer: home }));
const outage: Incident = { name: 'outage', region: home, from: start + 30_000, to: start + 120_000, expect: 'failover' };

describe('the policy', () => {
  test('a region that dies is left once enough vantage points agree', async () => {
    const { episodes } = await run([...calm(0, 30), ...dead(30, 120)]);
    expect(episodes).toHaveLength(1);
    expect(episodes[0]).toMatchObject({ region: home, since: start + 30_000, decision: { kind: 'Failed over', reason: expect.stringContaining('2 of 3') } });
    // The second failure of the second vantage point, not before.
    expect(episodes[0]!.decision!.at).toBeGreaterThanOrEqual(start + 35_000);
    expect(episodes[0]!.decision!.at).toBeLessThanOrEqual(start + 40_000);
  });
  test('calm is no episode', async () => expect((await run(calm(0, 300))).episodes).toEqual([]));
  test('one lost round is not even a suspicion', async () => {
    const flap = rounds(30, 35, (vantagePoint, target) => ({ result: target === home && vantagePoint !== home ? 'down' : 'up' }));
    expect((await run([...calm(0, 30), ...flap, ...calm(35, 90)])).episodes).toEqual([]);
  });
  test('a lone vantage point moves nothing, and its reason is kept', async () => {
    const lone = rounds(30, 90, (vantagePoint, target) => ({ result: vantagePoint === witness && target === home ? 'down' : 'up' }));
    const { episodes } = await run([...calm(0, 30), ...lone, ...calm(90, 120)]);
    expect(episodes).toHaveLength(1);
    expect(episodes[0]).toMatchObject({ lastReason: expect.stringContaining('healthy: 1 of 3') });
    expect(episodes[0]!.decision).toBeUndefined();
  });
  test('a region that a quorum sees write again is left alone, whatever one says', async () => {
    const lone = rounds(30, 90, (vantagePoint, target) => ({ result: vantagePoint === witness && target === home ? 'down' : 'up' }));
    const { episodes } = await run([...calm(0, 30), ...lone, ...calm(90, 120)], undefined, ['detection.quorum=1']);
    expect(episodes.map(({ decision, lastReason }) => [decision, /see eu-west-1 write/.test(lastReason ?? '')])).toEqual([[undefined, true]]);
  });
  test('both regions down, and sick monitors: stood down', async () => {
    const world = rounds(30, 120, (_vantagePoint, _target) => ({ result: 'down' }));
    expect((await run([...calm(0, 30), ...world])).episodes.map(({ lastReason, decision }) => [decision, /both regions look down/.test(lastReason ?? '')])).toEqual([[undefined, true], [undefined, true]]);
    const sick = rounds(30, 120, () => ({ result: 'abstained' }));
    const { episodes } = await run([...calm(0, 30), ...sick]);
    expect(episodes.length).toBeGreaterThan(0);
    expect(episodes.every(({ decision }) => decision === undefined)).toBe(true);
  });
  test('slow moves nothing; the policy says what is slow', async () => {
    const slow = rounds(30, 120, (_vantagePoint, target) => (target === home ? { result: 'slow', latencyMs: 1500 } : { result: 'up' }));
    expect((await run([...calm(0, 30), ...slow])).episodes.every(({ decision }) => decision === undefined)).toBe(true);
  });
  test('the second outage waits for cooldown and a person, and a shorter cooldown does not', async () => {
    const lines = [...calm(0, 30), ...dead(30, 90), ...calm(90, 600), ...dead(600, 700)];
    expect((await run(lines)).episodes.map(({ decision, lastReason }) => [decision?.kind, lastReason?.includes('cooling down')])).toEqual([['Failed over', undefined], [undefined, true]]);
    expect((await run(lines, undefined, ['policy.cooldown=2m'])).episodes.map(({ decision }) => decision?.kind)).toEqual(['Failed over', 'Failed over']);
  });
  test('more lag than the RPO is handed to a human; an old lag is unknown, which is infinite; no lag at all is not judged', async () => {
    const lag = (second: number, lagSeconds: number): Line => ({ at: at(second), kind: 'lag', target: survivor, lagSeconds });
    const kind = async (lines: readonly Line[]) => (await run(lines)).episodes[0]?.decision?.kind;
    expect(await kind([...calm(0, 30), lag(30, 0.5), ...dead(30, 90)])).toBe('Failed over');
    expect(await kind([...calm(0, 30), lag(30, 90), ...dead(30, 90)])).toBe('Handed to a human');
    expect(await kind([lag(-600, 0.5), ...calm(0, 30), ...dead(30, 90)])).toBe('Handed to a human');
  });
  test('an approval is a question, not a move', async () => {
    expect((await run([...calm(0, 30), ...dead(30, 90)], undefined, ['policy.approval=required'])).episodes[0]?.decision?.kind).toBe('asks a person');
  });
  test('a hole in the record breaks a run of failures', async () => {
    const one = (second: number) => dead(second, second + 5);
    expect((await run([...calm(0, 30), ...one(30), ...one(60), ...one(90)])).episodes).toEqual([]);
  });
});

describe('alarms and metrics', () => {
  const alarm = (second: number, vantagePoint: Region, target: Region, state: string, name = `${vantagePoint} ${target}`): Line => ({ at: at(second), kind: 'alarm', vantagePoint, target, name, state });
  const fine = everywhere.flatMap((vantagePoint) => [home, survivor].map((target) => alarm(0, vantagePoint, target, 'OK')));
  const rings = [alarm(3600, survivor, home, 'ALARM'), alarm(3600, witness, home, 'ALARM'), alarm(3600, home, home, 'INSUFFICIENT_DATA')];
  const later = alarm(3700, survivor, survivor, 'OK', 'another');

  test('an alarm holds until it changes; two places agree', async () => {
    const { episodes } = await run([...fine, ...rings, later]);
    expect(episodes[0]?.decision?.kind).toBe('Failed over');
    expect(episodes[0]!.decision!.at - (start + 3_600_000)).toBeLessThanOrEqual(15_000);
  });
  test('many alarms of one place are one opinion', async () => {
    const many = ['a', 'b', 'c'].map((name) => alarm(3600, witness, home, 'ALARM', name));
    expect((await run([...fine, ...many, later])).episodes[0]?.decision).toBeUndefined();
  });
  test('an alarm without data is silence, not health and not an outage', async () => {
    expect((await run([...fine, ...everywhere.map((place) => alarm(3600, place, home, 'INSUFFICIENT_DATA')), later])).episodes).toEqual([]);
  });
  test('a metric is judged by its limits and holds for its period', async () => {
    const metric = (second: number, vantagePoint: Region, target: Region, value: number): Line => ({ at: at(second), kind: 'metric', name: 'canary', vantagePoint, target, value, least: 99, periodSeconds: 60 });
    const minutes = (values: (target: Region, minute: number) => number) => Array.from({ length: 6 }, (_, minute) => [survivor, witness].flatMap((place) => [home, survivor].map((target) => metric(60 * minute, place, target, values(target, minute))))).flat();
    const { episodes } = await run(minutes((target, minute) => (target === home && minute >= 3 ? 0 : 100)));
    expect(episodes[0]?.decision?.kind).toBe('Failed over');
    expect(episodes[0]!.since).toBe(start + 180_000);
    expect((await run(minutes(() => 99))).episodes).toEqual([]);
  });
  test('months of calm pass quickly, and the alarm at their end is still found', async () => {
    const month = 30 * 86_400;
    const shifted = rings.map((line) => ({ ...line, at: at(month) }));
    const { episodes } = await run([...fine, ...shifted, { ...later, at: at(month + 100) }]);
    expect(episodes[0]?.decision?.kind).toBe('Failed over');
  });
});

describe('the score', () => {
  test('found, with the delay from the label', async () => {
    const { score } = await run([...calm(0, 30), ...dead(30, 120)], [outage]);
    expect(score).toMatchObject({ found: [{ incident: outage }], missed: [], falseAlarms: [], leftAlone: [] });
    expect(score!.found[0]!.delaySeconds).toBeGreaterThan(0);
  });
  test('missed, with the reason; nothing seen is said so', async () => {
    const lone = rounds(30, 120, (vantagePoint, target) => ({ result: vantagePoint === witness && target === home ? 'down' : 'up' }));
    expect((await run([...calm(0, 30), ...lone], [outage])).score?.missed).toMatchObject([{ reason: expect.stringContaining('1 of 3') }]);
    expect((await run(calm(0, 120), [outage])).score?.missed).toMatchObject([{ reason: 'nobody suspected anything' }]);
  });
  test('a decision outside of every label, or in one that calls for none, is a false alarm', async () => {
    const lines = [...calm(0, 30), ...dead(30, 120)];
    expect((await run(lines, [])).score?.falseAlarms).toHaveLength(1);
    expect((await run(lines, [{ ...outage, expect: 'none' }])).score).toMatchObject({ falseAlarms: [{ incident: { expect: 'none' } }], leftAlone: [] });
    expect((await run(lines, [{ ...outage, region: survivor, expect: 'none' }])).score).toMatchObject({ falseAlarms: [{}], leftAlone: [{ region: survivor }] });
  });
});

describe('memory', () => {
  test('episodes without decision or label are kept up to a limit, the rest is counted', async () => {
    async function* many() {
      for (let episode = 0; episode < KEPT_MAX + 20; episode += 1) {
        const lines = rounds(60 * episode, 60 * episode + 20, (vantagePoint, target, second) => (vantagePoint === witness ? { result: target === home && second < 60 * episode + 10 ? 'down' : 'up' } : undefined));
        for await (const placed of read(jsonl(lines))) yield placed;
      }
    }
    const { results } = await replay(many(), [{ name: 'the plan', plan }], undefined);
    expect(results[0]).toMatchObject({ notKept: 20 });
    expect(results[0]!.episodes).toHaveLength(KEPT_MAX);
  });
});

describe('reading', () => {
  const good: Line = { at: at(0), kind: 'observation', vantagePoint: witness, target: home, result: 'up' };
  const all = async (text: string, format: Format = 'jsonl') => {
    const found = [];
    for await (const placed of read(text, format)) found.push(placed);
    return found;
  };
  test('parts may end anywhere; empty lines and a byte order mark are no records', async () => {
    const lines = [];
    for await (const line of linesOf(parts('\ufeffone\n\n  two  \r\nthree', 1), 'f')) lines.push([line.number, line.text]);
    expect(lines).toEqual([[1, 'one'], [3, 'two'], [4, 'three']]);
  });
  test('cells with commas and quotes', () => {
    expect(cellsOf('a,"b, ""c""", d ,')).toEqual(['a', 'b, "c"', 'd', '']);
    expect(cellsOf('"open,b')).toBeUndefined();
  });
  test('CSV and JSON Lines say the same', async () => {
    const csv = `at,kind,vantagePoint,target,result\n${String(start)},observation,${witness},${home},up`;
    expect((await all(csv, 'csv'))[0]?.evidence).toEqual((await all(JSON.stringify(good)))[0]?.evidence);
  });
  test.each<[string, string, RegExp]>([
    ['no JSON', `${JSON.stringify(good)}\n{"at":`, /r\.jsonl:2: the line is not JSON/],
    ['an unknown kind', JSON.stringify({ ...good, kind: 'rumour' }), /r\.jsonl:1: kind is "rumour"/],
    ['no time', JSON.stringify({ ...good, at: undefined }), /:1: at is missing/],
    ['a time without zone', JSON.stringify({ ...good, at: '2026-10-20T07:00:00' }), /:1: at is "2026-10-20T07:00:00"/],
    ['a result that is none', JSON.stringify({ ...good, result: 'fine' }), /:1: result is "fine"/],
    ['a place that the plan does not know', JSON.stringify({ ...good, vantagePoint: 'mars-1' }), /:1: vantagePoint is "mars-1"/],
    ['a witness as target', JSON.stringify({ ...good, target: witness }), /:1: target is/],
    ['out of order', [at(5), at(0)].map((time) => JSON.stringify({ ...good, at: time })).join('\n'), /:2: at is .* before line 1/],
    ['a metric without limits', JSON.stringify({ at: at(0), kind: 'metric', vantagePoint: witness, target: home, name: 'm', value: 1 }), /:1: least is missing/],
    ['an endless line', `"${'x'.repeat(70_000)}`, /:1: the line is longer/],
    ['a list', '[1]', /:1: /],
  ])('%s is refused with its line', async (_name, text, message) => {
    await expect(all(text)).rejects.toThrow(message);
  });
  test.each<[string, string, RegExp]>([
    ['no heading', 'a,b\n1,2', /:1: .*no heading/],
    ['too few cells', 'at,kind\n1', /:2: the line has 1 cells, the heading 2/],
    ['an open quote', 'at,kind\n"1,x', /:2: a quote is left open/],
  ])('CSV with %s is refused with its line', async (_name, text, message) => {
    await expect(all(text, 'csv')).rejects.toThrow(message);
  });
});

describe('hotshift replay', () => {
  const sample = (name: string): string => readFileSync(new URL(`../../../replay/samples/${name}`, import.meta.url), 'utf8');
  const files = { 'hotshift.yml': exampleText, 'shop.csv': sample('shop.csv'), 'incidents.csv': sample('shop-incidents.csv') };
  const line = ['replay', 'shop.csv', '--incidents', 'incidents.csv'];

  test('the sample: the plan is right three times', async () => {
    const { code, out } = await hotshift([...line, '--json'], { files });
    expect(code).toBe(0);
    expect(JSON.parse(out).results).toMatchObject([{ score: { found: [{ incident: { name: 'power loss' } }], missed: [], falseAlarms: [], leftAlone: [{}, {}] } }]);
  });
  test('a quorum of one is wrong twice, and hotshift check would refuse it', async () => {
    const { out, remarks } = await hotshift([...line, '--policy', 'detection.quorum=1'], { files });
    expect(out).toMatch(/the plan +1 +0 +0 +2/);
    expect(out).toMatch(/detection\.quorum=1 +0 +1 +1 +1/);
    expect(out).toContain('false alarm  maintenance');
    expect(remarks).toContain('no independent confirmation');
  });
  test('a suspicion after one failure takes the flap for an outage', async () => {
    const { out } = await hotshift([...line, '--policy', 'detection.failuresToSuspect=1'], { files });
    expect(out).toContain('false alarm  one lost round');
  });
  test("CloudWatch's answers, with a file that says what they are about", async () => {
    const data = { MetricDataResults: [{ Id: 'm1', Label: 'x', Timestamps: [at(60), at(0)], Values: [0, 100], StatusCode: 'Complete' }] };
    const history = { AlarmHistoryItems: [
      { AlarmName: 'm1', Timestamp: at(60), HistoryItemType: 'StateUpdate', HistoryData: JSON.stringify({ version: '1.0', oldState: { stateValue: 'OK' }, newState: { stateValue: 'ALARM' } }) },
      { AlarmName: 'm1', Timestamp: at(0), HistoryItemType: 'ConfigurationUpdate' }] };
    const signals = `signals:\n  m1: { vantagePoint: ${witness}, target: ${home}, least: 99 }\n`;
    const given = { 'hotshift.yml': exampleText, 'data.json': JSON.stringify(data), 'history.json': JSON.stringify(history), 's.yml': signals };
    const records = await hotshift(['replay', 'data.json', '--signals', 's.yml', '--records'], { files: given });
    expect(records.out.split('\n').map((text) => JSON.parse(text))).toMatchObject([{ at: at(0), kind: 'metric', value: 100, vantagePoint: witness }, { at: at(60), value: 0, least: 99 }]);
    const alarms = await hotshift(['replay', 'history.json', '--signals', 's.yml', '--records'], { files: given });
    expect(alarms.out.split('\n').map((text) => JSON.parse(text))).toEqual([{ at: at(60), kind: 'alarm', name: 'm1', state: 'ALARM', vantagePoint: witness, target: home }]);
    expect((await hotshift(['replay', 'data.json', '--signals', 's.yml'], { files: given })).code).toBe(0);
  });
  test.each<[string, string[], RegExp]>([
    ['no such file', ['replay', 'none.csv'], /no file none\.csv/],
    ['an unknown field of the policy', [...line, '--policy', 'quorum=1'], /names no field[\s\S]*fix: .*detection\.quorum/],
    ['a value that does not fit', [...line, '--policy', 'detection.quorum=many'], /detection\.quorum is "many"/],
    ['a line that does not fit', ['replay', 'incidents.csv'], /incidents\.csv:1: /],
    ['labels that do not fit', ['replay', 'shop.csv', '--incidents', 'shop.csv'], /shop\.csv:1: .*"from"/],
    ['an unknown format', ['replay', 'shop.csv', '--format', 'xml'], /--format is "xml"/],
    ['records without signals', ['replay', 'shop.csv', '--records'], /give --signals/],
  ])('%s: 2, with the fix', async (_name, given, message) => {
    const { code, remarks } = await hotshift(given, { files });
    expect(code).toBe(2);
    expect(remarks).toMatch(message);
    expect(remarks).toContain('fix:');
  });
});
