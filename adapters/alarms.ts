// CloudWatch alarms that ring now, for the guards of a drill. A name that does not exist counts as ringing: a guard that guards nothing
// must not look like one that is quiet.
import { CloudWatchClient, DescribeAlarmsCommand, type DescribeAlarmsCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { Alarms, RingingAlarm } from '../domain/drill.ts';
import type { Region } from '../domain/plan.ts';
import { clientSettings, perRegion } from './clients.ts';
import { asking } from './failures.ts';

export function alarms(clientIn: (region: Region) => CloudWatchClient): Alarms {
  const ask = (region: Region, what: string, input: object): Promise<DescribeAlarmsCommandOutput> => asking({ action: 'cloudwatch:DescribeAlarms', resource: `${what} in ${region}` },
    () => clientIn(region).send(new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: 100, ...input })));
  const all = async (region: Region, what: string, input: object): Promise<readonly Alarm[]> => {
    const found: Alarm[] = [];
    for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
      const page = await ask(region, what, { ...input, ...(token === undefined ? {} : { NextToken: token }) });
      found.push(...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? []));
      // An empty token is the end too, or an answer that has one would be asked for for ever.
      token = page.NextToken === '' ? undefined : page.NextToken;
    }
    return found;
  };
  return {
    async ringing(region, prefix, names) {
      const own = await all(region, `${prefix}*`, { AlarmNamePrefix: prefix, StateValue: 'ALARM' });
      const named = names.length === 0 ? [] : await all(region, names.join(', '), { AlarmNames: [...names] });
      const missing = names.filter((name) => !named.some(({ AlarmName }) => AlarmName === name)).map((name): RingingAlarm => ({ name, reason: `there is no such alarm in ${region}` }));
      return [...own, ...named.filter(({ StateValue }) => StateValue === 'ALARM')].map(({ AlarmName = '', StateReason = 'it rings' }) => ({ name: AlarmName, reason: StateReason.slice(0, 200) })).concat(missing);
    },
  };
}
interface Alarm { readonly AlarmName?: string | undefined; readonly StateValue?: string | undefined; readonly StateReason?: string | undefined }

export const alarmsOf = (): Alarms => alarms(perRegion((region) => new CloudWatchClient(clientSettings(region, 'reading'))));
