// Does each region have a certificate for the public name, and will it still be there next month?
import type { CertificateDetails, Finding } from '../../domain/inventory.ts';
import type { Instant, Region } from '../../domain/plan.ts';
import { finding, type FindingId } from './catalogue.ts';

export const CERTIFICATE_FINDINGS: readonly FindingId[] = ['certificate-missing', 'certificate-expiring'];
const AHEAD_DAYS = 30;
const DAY_MS = 86_400_000;

/** `host`: the public name, or undefined when the application is not served by TLS. */
export function certificateFindings(host: string | undefined, region: Region, found: readonly CertificateDetails[], now: Instant): readonly Finding[] {
  if (host === undefined) return [];
  const place = { region, subject: host };
  const covering = found.filter(({ names }) => names.some((name) => covers(name, host)));
  const issued = covering.filter(({ status, expiresAt }) => status === 'ISSUED' && (expiresAt === undefined || expiresAt > now));
  if (issued.length === 0) {
    return [finding('certificate-missing', place, covering.length === 0 ? `none of ${found.length} certificates covers it` : `covered by ${covering.map(({ status }) => status).join(', ')} only`)];
  }
  // One that nobody uses does not help whoever is served by the other.
  const used = issued.filter(({ isInUse }) => isInUse);
  const last = Math.max(...(used.length > 0 ? used : issued).map(({ expiresAt }) => expiresAt ?? Infinity));
  return last - now > AHEAD_DAYS * DAY_MS ? [] : [finding('certificate-expiring', place, `it ends on ${new Date(last).toISOString().slice(0, 10)}`)];
}

/** A wildcard stands for one label. */
const covers = (name: string, host: string): boolean =>
  name.toLowerCase() === host || (name.startsWith('*.') && host.slice(host.indexOf('.')) === name.slice(1).toLowerCase());
