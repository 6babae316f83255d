// What Step Functions has written down of an execution: the types and times of its events, and none of their data.
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Region } from '../domain/plan.ts';
import type { Histories, HistoryStep } from '../domain/records.ts';
import { clientSettings } from './clients.ts';
import { asking } from './failures.ts';

/** The most that one page takes (Step Functions API). */
const PAGE = 1000;

export const historiesOf = (region: Region): Histories => histories(new SFNClient(clientSettings(region, 'reading')));

export const histories = (client: SFNClient): Histories => ({
  async list(executionArn) {
    const found: HistoryStep[] = [];
    let nextToken: string | undefined;
    do {
      const page = await asking({ action: 'states:GetExecutionHistory', resource: executionArn },
        () => client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: PAGE, includeExecutionData: false, ...(nextToken === undefined ? {} : { nextToken }) })));
      found.push(...(page.events ?? []).map(({ id = 0, previousEventId = 0, type = 'unknown', timestamp }): HistoryStep => ({ id, previousId: previousEventId, type, at: timestamp?.getTime() ?? 0 })));
      nextToken = page.nextToken;
    } while (nextToken !== undefined && nextToken !== '');
    return found;
  },
});
