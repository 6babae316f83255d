// Decisions against labelled incidents: what was found and how fast, what was missed and why, what would have been moved for nothing.
import * as z from 'zod';
import type { ApplicationPlan, Instant, Region } from '../domain/plan.ts';
import type { Episode } from './episodes.ts';
import { RecordError } from './lines.ts';

export interface Incident {
  readonly name: string;
  readonly region: Region;
  readonly from: Instant;
  readonly to: Instant;
  /** `failover`: leaving the region was right. `none`: a disturbance for which nothing should move. */
  readonly expect: 'failover' | 'none';
}

const instant = z.union([z.number().int().nonnegative(), z.iso.datetime({ offset: true, error: 'must be a time with its zone' }).transform((text) => Date.parse(text))]);
const incidentForm = z.object({ name: z.string().min(1).max(200), region: z.string(), from: instant, to: instant, expect: z.enum(['failover', 'none']) });

export function incidentOf(tree: unknown, plan: ApplicationPlan, where: string): Incident {
  const found = incidentForm.safeParse(tree);
  if (!found.success) {
    const issue = found.error.issues[0];
    throw new RecordError(where, `${issue?.path.map(String).join('.') || 'the incident'}: ${issue?.message ?? 'does not fit'}`, 'write name, region, from, to and expect (failover or none)');
  }
  if (!plan.regions.includes(found.data.region)) throw new RecordError(where, `region is ${JSON.stringify(found.data.region.slice(0, 60))}, which is not of the pair`, `write one of ${plan.regions.join(', ')}`);
  if (found.data.to < found.data.from) throw new RecordError(where, 'to lies before from', 'swap them');
  return found.data;
}

export interface Finding { readonly incident: Incident; readonly episode: Episode; readonly delaySeconds: number }
export interface Miss { readonly incident: Incident; readonly reason: string }

export interface Score {
  readonly found: readonly Finding[];
  readonly missed: readonly Miss[];
  /** Decisions outside of every incident that called for one; `incident` when it lies in one that called for none. */
  readonly falseAlarms: readonly { readonly episode: Episode; readonly incident?: Incident }[];
  readonly leftAlone: readonly Incident[];
}

/** Labels are made by people, to the minute: an episode may begin or end this much outside. */
const SLACK_MS = 60_000;

export function scoreOf(episodes: readonly Episode[], incidents: readonly Incident[]): Score {
  const decided = episodes.flatMap((episode) => (episode.decision === undefined ? [] : [{ episode, at: episode.decision.at, incident: incidentAt(episode.decision.at, episode, incidents) }]));
  const firstOf = (incident: Incident) => decided.find((entry) => entry.incident === incident);
  const outages = incidents.filter(({ expect }) => expect === 'failover');
  const found = outages.flatMap((incident): readonly Finding[] => {
    const first = firstOf(incident);
    return first === undefined ? [] : [{ incident, episode: first.episode, delaySeconds: (first.at - incident.from) / 1000 }];
  });
  const right = new Set(found.map(({ episode }) => episode));
  return {
    found,
    missed: outages.filter((incident) => firstOf(incident) === undefined).map((incident) => ({ incident, reason: episodes.findLast((episode) => isNear(episode, incident))?.lastReason ?? 'nobody suspected anything' })),
    falseAlarms: decided.filter(({ episode }) => !right.has(episode)).map(({ episode, incident }) => ({ episode, ...(incident === undefined ? {} : { incident }) })),
    leftAlone: incidents.filter((incident) => incident.expect === 'none' && firstOf(incident) === undefined),
  };
}

/** Does the episode touch the incident? */
export const isNear = (episode: Pick<Episode, 'region' | 'since' | 'closedAt'>, incident: Incident): boolean =>
  episode.region === incident.region && episode.since <= incident.to + SLACK_MS && episode.closedAt >= incident.from - SLACK_MS;

/** The one incident that a decision belongs to: the nearest in time, at most the slack away. */
function incidentAt(at: Instant, { region, since }: Episode, incidents: readonly Incident[]): Incident | undefined {
  const distance = ({ from, to }: Incident): number => Math.max(0, from - at, since - to);
  const near = incidents.filter((incident) => incident.region === region && distance(incident) <= SLACK_MS);
  return near.reduce<Incident | undefined>((best, incident) => (best === undefined || distance(incident) < distance(best) ? incident : best), undefined);
}
