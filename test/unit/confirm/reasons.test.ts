// What is told of a service that is or is not seen working: by whom, and what the others see instead.
import { expect, test } from '@jest/globals';
import type { Observation } from '../../../domain/observation.ts';
import { service } from '../../../functions/confirm/service.ts';
import { home, plan, seen, start, survivor, witness } from '../ports.ts';

const good = (place: string, more: Partial<Observation> = {}) => seen(place, survivor, 'up', { epoch: 3, writer: survivor, ...more });
const unguarded = { ...plan, permit: { ...plan.permit, enforced: false } };
const judge = (observations: readonly Observation[], of = plan, shiftedAt = start - 5000) => service(observations, of, survivor, home, 3, start, shiftedAt);

test('a confirmed service names its witnesses and the epoch under which they saw it write', () => {
  expect(judge([good(survivor), good(witness)])).toEqual({ kind: 'confirmed', reason: 'eu-central-1 and eu-west-2 see eu-central-1 write under epoch 3' });
});

test('without permits it names the moment after which the write was seen', () => {
  expect(judge([good(survivor), good(witness)], unguarded).reason).toBe(`eu-central-1 and eu-west-2 see eu-central-1 write after ${new Date(start - 5000).toISOString()}`);
});

test.each<[string, number, 'confirmed' | 'unconfirmed']>([['after the shift', 1, 'confirmed'], ['at the very moment of the shift', 0, 'unconfirmed'], ['before the shift', -1, 'unconfirmed']])(
  'without permits a write counts that was seen %s: %i ms', (_, offMs, kind) => {
    const shiftedAt = start - 5000;
    expect(judge([good(survivor, { at: shiftedAt + offMs }), good(witness, { at: shiftedAt + offMs })], unguarded, shiftedAt).kind).toBe(kind);
  });

test.each<[string, readonly Observation[], string]>([
  ['one sees it write, another one sees something else', [good(survivor), good(witness, { result: 'impaired', write: 'failed', epoch: 2 })],
    '1 of 2 needed vantage points see eu-central-1 write under epoch 3 (eu-central-1: up, write ok, epoch 3; eu-west-2: impaired, write failed, epoch 2)'],
  ['one knows no epoch', [(({ epoch: _, ...rest }) => rest)(good(witness))], '0 of 2 needed vantage points see eu-central-1 write under epoch 3 (eu-west-2: up, write ok, epoch unknown)'],
  ['nobody looked lately', [good(witness, { at: start - 600_000 })], '0 of 2 needed vantage points see eu-central-1 write under epoch 3 (no fresh observation)'],
  ['only the evacuated region looks', [good(home)], '0 of 2 needed vantage points see eu-central-1 write under epoch 3 (no fresh observation)'],
])('an unconfirmed service says what is seen instead: %s', (_, observations, reason) => {
  expect(judge(observations)).toEqual({ kind: 'unconfirmed', reason });
});

test('a plan that asks for all three cannot ask the evacuated region, and one that asks for one is content with one', () => {
  const asking = (quorum: number) => ({ ...plan, detection: { ...plan.detection, quorum } });
  expect(judge([good(survivor), good(witness)], asking(3)).kind).toBe('confirmed');
  expect(judge([good(witness)], asking(1)).kind).toBe('confirmed');
});
