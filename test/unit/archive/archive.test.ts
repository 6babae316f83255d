// The record of what has ended: kept once, chained, the same after every repeat; whatever fails is tried again and nothing is written otherwise.
import { describe, expect, test } from '@jest/globals';
import { RefusedByAwsError, TryAgainError, UnexpectedAnswerError } from '../../../domain/errors.ts';
import { archive } from '../../../functions/archive/archive.ts';
import { problemsOf, type Evidence } from '../../../functions/archive/evidence.ts';
import { plan, survivor } from '../ports.ts';
import { input, journalOf, line, place, world, type Kept } from './world.ts';

const recordOf = (kept: Kept, execution: string): Evidence => JSON.parse(kept.files.get(`records/${plan.application}/${execution}.json`)!.text) as Evidence;
const ended = async (execution: string, outcome: string, some = world(), status: 'SUCCEEDED' | 'FAILED' = 'SUCCEEDED', machine = 'failover') => {
  some.kept.journal.push(...journalOf(execution, outcome));
  return { ...some, answer: await archive(some.ports, place)(input(execution, status, machine)) };
};

describe('what has ended is kept', () => {
  test.each([['Failed over', 'failover', true], ['Stood down', 'failover', false], ['Handed to a human', 'failover', false], ['Failed back', 'failback', false], ['Drill passed', 'drill', true], ['Drill stopped', 'drill', false]])('%s', async (outcome, kind, counts) => {
    const { kept, answer } = await ended('run-1', outcome);
    const seal = kept.records[0]!.seal;
    expect(answer).toEqual({ archived: 'kept', execution: 'run-1', seal, bucket: `hotshift-evidence-111122223333-${survivor}`, key: `records/${plan.application}/run-1` });
    const { text, contentType, account } = kept.files.get(`records/${plan.application}/run-1.json`)!;
    expect([problemsOf(text), contentType, account]).toEqual([[], 'application/json', '111122223333']);
    expect(recordOf(kept, 'run-1')).toMatchObject({ outcome, kind, counts, seal, previous: '' });
    expect(kept.files.get(`records/${plan.application}/run-1.html`)!.text).toContain(seal);
    expect(kept.records).toEqual([expect.objectContaining({ number: 1, outcome, kind, entries: 2, region: survivor, keptAt: expect.any(Number) })]);
  });

  test.each([['ABORTED', 'Aborted'], ['TIMED_OUT', 'Timed out'], ['FAILED', 'Failed']] as const)('what was never concluded (%s) leaves a record that counts for nothing', async (status, outcome) => {
    const { kept, ports } = world();
    kept.journal.push(line('run-1', 0, 'Fence writer', 'intent'));
    await archive(ports, place)(input('run-1', status));
    expect(recordOf(kept, 'run-1')).toMatchObject({ outcome, counts: false, reason: expect.stringContaining(`as ${status}`) });
    const page = kept.files.get(`records/${plan.application}/run-1.html`)!.text;
    expect(page).toContain(`Step Functions ended it as ${status}`);
    expect(page).not.toContain('No outcome yet');
  });

  test('what journaled nothing leaves nothing, and that is said', async () => {
    const { kept, ports } = world();
    expect(await archive(ports, place)(input('run-1', 'FAILED'))).toMatchObject({ archived: 'nothing', reason: expect.stringContaining('FAILED') });
    expect([kept.records, kept.files.size]).toEqual([[], 0]);
  });
});

describe('the chain', () => {
  test('each follows the one before, of whatever kind, and tells what was slower than the last of its kind', async () => {
    const some = world();
    await ended('run-1', 'Failed over', some);
    await ended('drill-1', 'Drill passed', some);
    some.kept.journal.push(...journalOf('run-2', 'Failed over').map((entry) => ({ ...entry, step: entry.step === 'Conclude' ? entry.step : 'Promote replica' })), line('run-2', 90_000, 'Promote replica', 'result'));
    some.kept.records[0] = { ...some.kept.records[0]!, phases: [{ step: 'Promote replica', seconds: 10 }] };
    await archive(some.ports, place)(input('run-2'));
    const [first, second, third] = some.kept.records;
    expect([second!.previous, third!.previous, third!.number]).toEqual([first!.seal, second!.seal, 3]);
    expect(recordOf(some.kept, 'run-2').previous).toBe(second!.seal);
    expect(some.kept.files.get(`records/${plan.application}/run-2.html`)!.text).toMatch(/Slower than last time[\s\S]*Promote replica/);
  });

  test('two that end at once do not follow the same one', async () => {
    const some = world();
    await ended('run-1', 'Failed over', some);
    const rival = { ...some.kept.records[0]!, execution: 'other', number: 2, seal: 'seal-of-the-other', previous: some.kept.records[0]!.seal };
    some.kept.taking = () => { some.kept.records.push(rival); };
    await ended('run-2', 'Stood down', some);
    expect(some.kept.records[2]).toMatchObject({ execution: 'run-2', number: 3, previous: 'seal-of-the-other' });
  });
});

describe('repeated', () => {
  test('after a success it writes nothing', async () => {
    const some = await ended('run-1', 'Failed over');
    const before = structuredClone(some.kept.records);
    some.kept.journal.push(line('run-1', 60_000, 'Operator', 'decision', { summary: 'acknowledged' }));
    expect(await archive(some.ports, place)(input('run-1'))).toMatchObject({ archived: 'there', seal: before[0]!.seal });
    expect([some.kept.records, some.kept.puts.length]).toEqual([before, 2]);
  });

  test('after a failure in the middle it ends with the same record, although the journal has grown and others have come after it', async () => {
    const some = world();
    some.kept.failing = new TryAgainError('s3: slow down');
    await expect(ended('run-1', 'Failed over', some)).rejects.toThrow('slow down');
    expect(some.kept.records[0]!.keptAt).toBeUndefined();
    const { seal } = some.kept.records[0]!;
    some.kept.failing = undefined;
    some.kept.journal.push(line('run-1', 60_000, 'Operator', 'decision', { summary: 'acknowledged' }));
    await ended('run-2', 'Stood down', some);
    expect(await archive(some.ports, place)(input('run-1'))).toMatchObject({ archived: 'kept', seal });
    expect([recordOf(some.kept, 'run-1').seal, recordOf(some.kept, 'run-1').entries.length, recordOf(some.kept, 'run-2').previous]).toEqual([seal, 2, seal]);
  });

  test('a journal that was changed since it was sealed is refused and told', async () => {
    const some = world();
    some.kept.failing = new TryAgainError('s3: slow down');
    await expect(ended('run-1', 'Failed over', some)).rejects.toThrow('slow down');
    some.kept.failing = undefined;
    some.kept.journal[0] = { ...some.kept.journal[0]!, summary: 'nothing of note' };
    const again = archive(some.ports, place)(input('run-1'));
    await expect(again).rejects.toBeInstanceOf(UnexpectedAnswerError);
    await expect(again).rejects.toThrow(/was sealed as .* and would now be/);
    expect(some.kept.files.size).toBe(0);
  });
});

describe('its cost', () => {
  test('is measured from the history, priced by the day\'s list, and sealed', async () => {
    const { kept } = await ended('run-1', 'Failed over');
    const record = recordOf(kept, 'run-1');
    expect(record.cost).toMatchObject({ prices: { read: '2026-11-24', region: 'us-east-1' }, lines: expect.arrayContaining([expect.objectContaining({ item: 'state transitions', quantity: 3, basis: 'measured', dollars: 0.000075 })]) });
    const cheaper = { ...record, cost: { ...record.cost!, dollars: 0 } };
    expect(problemsOf(`${JSON.stringify(cheaper, null, 1)}\n`)).toEqual(['the seal does not fit what it seals']);
    expect(kept.files.get(`records/${plan.application}/run-1.html`)!.text).toMatch(/<h2>Cost<\/h2>[\s\S]*list prices of us-east-1, read on 2026-11-24[\s\S]*measured[\s\S]*estimated/);
  });

  test('is an estimate where the history may not be read, and a history that is only slow is waited for', async () => {
    const some = world();
    some.kept.historyFails = new RefusedByAwsError('states:GetExecutionHistory: denied');
    await ended('run-1', 'Failed over', some);
    expect(recordOf(some.kept, 'run-1').cost!.lines.map(({ basis }) => basis)).toEqual(['estimated', 'estimated', 'estimated', 'estimated', 'estimated']);
    some.kept.historyFails = new TryAgainError('throttled');
    await expect(ended('run-2', 'Failed over', some)).rejects.toThrow('throttled');
    expect(some.kept.records).toHaveLength(1);
  });
});
