// None of the corpus is accepted, and none is told more than it must know.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Channel, press, SECRET, signed, TOKEN } from './channel.ts';
import { corpus } from './corpus.ts';

let channel: Channel;
beforeEach(async () => { channel = await new Channel().open(); });
afterEach(() => channel.close());

test('it is large, and the request that all of them are made from is accepted', async () => {
  expect(corpus.length).toBeGreaterThanOrEqual(100);
  expect(new Set(corpus.map(({ request }) => JSON.stringify(request))).size).toBe(corpus.length);
  const before = channel.state();
  expect(await channel.hear(signed(press()))).toMatchObject({ statusCode: 200 });
  expect(channel.state()).not.toBe(before);
  expect(channel.answered).toEqual([{ region: 'eu-central-1', taskToken: TOKEN, output: { decision: 'approve', by: 'ana' } }]);
});

test.each(corpus)('$what: $status, and nothing is changed', async ({ request, status }) => {
  const before = channel.state();
  const answer = await channel.hear(request);
  expect(answer.statusCode).toBe(status);
  expect(channel.answered).toEqual([]);
  // What is told is that it was refused, or that it was too late.
  expect(channel.told.filter(({ card }) => card?.decided !== undefined)).toEqual([]);
  expect(channel.state()).toBe(before);
  if (status !== 200) expect(answer.body).toBe('');
  expect(JSON.stringify([answer, channel.told])).not.toMatch(new RegExp(`${TOKEN}|${SECRET}`));
});
