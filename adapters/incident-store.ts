// The open incident of a region: whoever sees the outage first names it, everybody after gets the same name.
import * as z from 'zod';
import type { Instant, Region } from '../domain/plan.ts';
import type { Clock, IncidentStore } from '../domain/ports.ts';
import { parsed, type Key, type Table } from './table.ts';

const incidentItem = z.object({ incident: z.string().min(1), openedAt: z.number().int(), closedAt: z.number().int().exactOptional() });

export function incidentStore(table: Table, clock: Pick<Clock, 'now'>): IncidentStore {
  return {
    async open(application, region, at) {
      const incident = nameOf(application, region, at);
      const outcome = await table.put({ ...keyOf(application, region), incident, openedAt: at },
        { text: 'attribute_not_exists(pk) OR attribute_exists(#closedAt)' });
      if (outcome.written || outcome.stored === undefined) return incident;
      return parsed(incidentItem, outcome.stored, `incident of ${application} in ${region}`).incident;
    },
    async close(application, region, incident) {
      // Closed already, or another one is open by now: both mean that this one is over.
      await table.update(keyOf(application, region),
        { text: 'SET #closedAt = :now', values: { ':now': clock.now() } },
        { text: '#incident = :incident AND attribute_not_exists(#closedAt)', values: { ':incident': incident } });
    },
  };
}

const keyOf = (application: string, region: Region): Key => ({ pk: `app#${application}`, sk: `incident#${region}` });

/** Letters, digits and hyphens: it becomes part of execution names. */
const nameOf = (application: string, region: Region, at: Instant): string =>
  `${application}-${region}-${new Date(at).toISOString().replace(/[^0-9TZ]/g, '')}`;
