// The last lines of `hotshift report`: where the record is kept, that it is not kept yet, or that there is none.
import { expect, test } from '@jest/globals';
import { recordLines } from '../../../cli/format/record.ts';
import { styleOf } from '../../../cli/format/style.ts';
import type { SealedRecord } from '../../../domain/records.ts';

const record: SealedRecord = {
  application: 'shop', execution: 'run-1', number: 7, kind: 'failover', outcome: 'Failed over', seal: 'abcdef0123456789', previous: '', entries: 2, phases: [], region: 'eu-central-1',
  bucket: 'hotshift-evidence-111122223333-eu-central-1', key: 'records/shop/run-1', sealedAt: Date.parse('2026-11-24T10:00:00Z'),
};
const text = (outcome: 'Failed over' | undefined, found: SealedRecord | undefined): string => recordLines({ execution: 'run-1', ...(outcome === undefined ? {} : { outcome }) } as Parameters<typeof recordLines>[0], found, styleOf(false)).join('\n');

test('kept: number, seal, since when, and where', () => {
  expect(text('Failed over', { ...record, keptAt: Date.parse('2026-11-24T10:00:05Z') })).toBe('Record: number 7, sealed as abcdef012345, kept since 2026-11-24 10:00:05Z as s3://hotshift-evidence-111122223333-eu-central-1/records/shop/run-1.json and .html in eu-central-1');
});
test('a place in the chain is not yet a file in the bucket', () => { expect(text('Failed over', record)).toMatch(/^Record: number 7, sealed as abcdef012345, is NOT yet in s3:.*dead letters/); });
test('none: because it has not ended, or because nobody was told of the end', () => {
  expect(text(undefined, undefined)).toBe('Record: none yet, as it has not ended');
  expect(text('Failed over', undefined)).toContain('hotshift report run-1 --save DIRECTORY');
});
