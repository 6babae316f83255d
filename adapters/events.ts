// Puts the suspicion event on the bus of a region, where a rule starts the workflow. EventBridge accepts a call and may still refuse
// the event inside it: the count of failed entries is the answer.
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { RefusedByAwsError, TryAgainError } from '../domain/errors.ts';
import type { Region } from '../domain/plan.ts';
import type { Events, Suspicion } from '../domain/ports.ts';
import { clientSettings, perRegion } from './clients.ts';
import type { Environment } from './environment.ts';
import { asking } from './failures.ts';

export const SOURCE = 'hotshift';
export const SUSPICION = 'Outage suspected';
/** As the contract of the event wants it (events/contracts.ts). */
const REASON_LENGTH_MAX = 500;

export function eventBridgeEvents(clientIn: (region: Region) => EventBridgeClient, bus: string): Events {
  return {
    async suspect(suspicion, busRegion) {
      const request = { action: 'events:PutEvents', resource: `bus ${bus} in ${busRegion}` };
      const answer = await asking(request, () => clientIn(busRegion).send(new PutEventsCommand({ Entries: [entryOf(suspicion, bus)] })));
      if ((answer.FailedEntryCount ?? 0) === 0) return;
      const entry = answer.Entries?.[0];
      const message = `${request.action} on ${request.resource}: ${entry?.ErrorCode ?? 'the event was not accepted'}: ${entry?.ErrorMessage ?? ''}`;
      if (/NotAuthorized|AccessDenied|InvalidArgument|MalformedDetail|NotFound/.test(entry?.ErrorCode ?? '')) throw new RefusedByAwsError(message);
      throw new TryAgainError(message);
    },
  };
}

/** The events port of a Lambda. A repeated event is harmless: the workflow start is deduplicated by the incident. */
export const eventsOf = ({ eventBus }: Pick<Environment, 'eventBus'>): Events =>
  eventBridgeEvents(perRegion((region) => new EventBridgeClient(clientSettings(region, 'reading'))), eventBus);

function entryOf({ application, region, vantagePoint, incident, since, reason }: Suspicion, bus: string) {
  const detail = { application, region, vantagePoint, incident, since, reason: reason.slice(0, REASON_LENGTH_MAX) };
  return { EventBusName: bus, Source: SOURCE, DetailType: SUSPICION, Detail: JSON.stringify(detail) };
}
