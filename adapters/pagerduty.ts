// PagerDuty's Events API v2: an incident is triggered, acknowledged and resolved under one key, so that a repeat is no second page.
import { RefusedByAwsError, TryAgainError } from '../domain/errors.ts';
import type { PagerDutyPlan, Region } from '../domain/plan.ts';
import type { Announcement } from '../domain/ports.ts';
import { fetchText } from './fetch-text.ts';
import { redactedText, withoutSecrets } from './redaction.ts';
import type { Secrets } from './secrets.ts';

const PAGERDUTY_MS = 2000;
const SUMMARY_LENGTH_MAX = 1024;
const KEY_LENGTH_MAX = 255;
const SEVERITIES: Readonly<Record<Announcement['severity'], 'info' | 'warning' | 'critical'>> = { info: 'info', warning: 'warning', page: 'critical' };

/** What an announcement means there; undefined: nothing. */
export const pagerAction = ({ pager, severity }: Announcement): Announcement['pager'] => pager ?? (severity === 'page' ? 'trigger' : undefined);

/** The event without its routing key. */
export function pagerEvent(said: Announcement, region: Region): object {
  const { application, incident, severity, title, lines } = withoutSecrets(said);
  return {
    event_action: pagerAction(said), client: 'Hotshift', dedup_key: `hotshift/${application}/${incident}`.slice(0, KEY_LENGTH_MAX),
    payload: { summary: title.slice(0, SUMMARY_LENGTH_MAX), source: `hotshift ${region}`, severity: SEVERITIES[severity], component: application, group: incident, custom_details: { lines } },
  };
}

/** Tells PagerDuty; nothing when the announcement means nothing there. */
export async function tellPagerDuty(plan: PagerDutyPlan, said: Announcement, secrets: Secrets, region: Region, timeoutMs = PAGERDUTY_MS): Promise<void> {
  if (pagerAction(said) === undefined) return;
  const key = (await secrets.text(plan.routingKeySecretId, region)).trim();
  let status: number;
  try {
    ({ status } = await fetchText(plan.eventsUrl, {
      // A redirect would carry the key to wherever it points.
      method: 'POST', redirect: 'error', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ routing_key: key, ...pagerEvent(said, region) }),
    }, timeoutMs));
  } catch (error) {
    throw new TryAgainError(`PagerDuty: ${redactedText((error as Error).message).replaceAll(key, '***')}`);
  }
  if (status === 429 || status >= 500) throw new TryAgainError(`PagerDuty: status ${status}`);
  // 202 is taken; 400 names a wrong event or a wrong key, which no repeat mends.
  if (status !== 202) {
    secrets.forget(plan.routingKeySecretId, region);
    throw new RefusedByAwsError(`PagerDuty: status ${status}: the event or the routing key is refused`);
  }
}
