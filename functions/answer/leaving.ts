// What a health checker of Route 53 is told about a region. The check is inverted: an answer of 200 means "users are led away from it",
// and everything else, silence included, leaves the region in. So the loss of this function, of its region or of the table moves nobody.
import type { Region } from '../../domain/plan.ts';
import type { TrafficSwitch } from '../../domain/ports.ts';

export interface Answer { readonly statusCode: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }

/** `/left/<application>/<region>`; undefined for any other path. */
export function askedAbout(path: string): { readonly application: string; readonly region: Region } | undefined {
  const [, application, region] = /^\/left\/([a-z][a-z0-9-]{0,39})\/([a-z]{2}(?:-[a-z]+)+-\d)$/.exec(path) ?? [];
  return application === undefined || region === undefined ? undefined : { application, region };
}

export function answering(region: Region, switched: TrafficSwitch): Answer {
  const isLeft = switched.evacuated === region;
  return said(isLeft ? 200 : 404, isLeft ? 'left' : 'serves');
}

export const said = (statusCode: number, body: string): Answer => ({ statusCode, headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' }, body });
