// Alarms in pages: all of them are read, and a token that is empty is the end, as the Query protocol's servers write it.
import { expect, test } from '@jest/globals';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { alarms } from '../../../adapters/alarms.ts';

const answering = (...pages: readonly object[]) => {
  const tokens: unknown[] = [];
  const client = { send: async ({ input }: { readonly input: { readonly NextToken?: string } }) => {
    tokens.push(input.NextToken);
    const page = pages[tokens.length - 1];
    if (page === undefined) throw new Error('asked once more than there are pages');
    return page;
  } } as unknown as CloudWatchClient;
  return { tokens, ringing: () => alarms(() => client).ringing('eu-west-1', 'hotshift-', []) };
};
const alarm = (AlarmName: string) => ({ AlarmName, StateValue: 'ALARM', StateReason: 'r' });

test('pages are read to the end, and composite alarms count as well', async () => {
  const { tokens, ringing } = answering({ MetricAlarms: [alarm('hotshift-a')], NextToken: 'more' }, { MetricAlarms: [], CompositeAlarms: [alarm('hotshift-b')] });
  expect((await ringing()).map(({ name }) => name)).toEqual(['hotshift-a', 'hotshift-b']);
  expect(tokens).toEqual([undefined, 'more']);
});

test('an empty token is the end', async () => {
  expect(await answering({ MetricAlarms: [alarm('hotshift-a')], NextToken: '' }).ringing()).toEqual([{ name: 'hotshift-a', reason: 'r' }]);
});
