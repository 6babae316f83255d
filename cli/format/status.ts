// `hotshift status` for people. Pure.
import type { StatusView } from '../status-view.ts';
import { ageText, durationText, safe, table, timeText, wrapped, type Style } from './style.ts';

export function statusText(view: StatusView, style: Style, columns?: number): string {
  const { now } = view;
  const verdict = view.automatic === 'possible' ? style.good('automatic failover possible') : style.bad('automatic failover BLOCKED');
  const point = (text: string, mark: string): readonly string[] => wrapped(safe(text), columns, '    ', `  ${mark} `);
  return [
    `${style.bold(view.application)}  ${verdict}  ${style.dim(timeText(now))}`,
    ...view.blocks.flatMap((block) => point(block, style.bad('x'))),
    ...view.concerns.flatMap((concern) => point(concern, style.warn('!'))),
    '',
    ...leaseLines(view, style),
    '',
    ...table(['DATABASE', 'WRITER', 'EPOCH', 'PERMITS', 'SERVERS', 'LAST RENEWAL'], view.permits.map((permit) => [
      permit.database, permit.writer ?? '-', String(permit.epoch ?? '-'), permitState(permit, style), String(permit.servers),
      permit.lastRenewalAt === undefined ? '-' : ageText(permit.lastRenewalAt, now),
    ]), style),
    ...(view.openIntents.length === 0 ? [] : ['', ...table(['OPEN FENCE ORDER', 'REGION', 'EPOCH', 'ORDERED', 'STATE'], view.openIntents.map((intent) => [
      intent.database, intent.region, String(intent.epoch), ageText(intent.recordedAt, now),
      intent.enforced === undefined ? style.warn('not heard from')
        : safe(`${intent.enforced.networkClosed ? 'network closed' : 'network open'}, ${intent.enforced.sessionsEnded} sessions ended, ${ageText(intent.enforced.at, now)}`),
    ]), style)]),
    '',
    ...table(['VANTAGE POINT', 'SEES', 'RESULT', 'LATENCY', 'AGE', 'REASON'], view.observations.map((seen) => [
      seen.vantagePoint, seen.target, resultText(seen, style), seen.latencyMs === undefined ? '-' : durationText(seen.latencyMs / 1000),
      seen.ageSeconds === undefined ? '-' : seen.fresh ? durationText(seen.ageSeconds) : style.bad(`${durationText(seen.ageSeconds)} (stale)`),
      clipped(safe(seen.reason), columns),
    ]), style),
  ].join('\n');
}

function leaseLines({ lease, now }: StatusView, style: Style): readonly string[] {
  const row = (name: string, text: string): string => `  ${style.dim(name.padEnd(16))}${text}`;
  const until = (at: number | undefined, none: string): string => (at === undefined || at <= now ? none : `until ${timeText(at)} (${ageText(at, now)})`);
  return [
    row('lease', lease.held ? `${style.warn('held')} by ${safe(lease.holder ?? '')} ${until(lease.expiresAt, '')}` : 'free'),
    row('epoch', String(lease.epoch)),
    ...(lease.held && lease.incident !== undefined ? [row('incident', `${safe(lease.incident)}${lease.evacuated === undefined ? '' : `, leaving ${safe(lease.evacuated)}`}`)] : []),
    row('pause', lease.pausedUntil !== undefined && lease.pausedUntil > now ? `${style.warn('paused')} ${until(lease.pausedUntil, '')} by ${safe(lease.pausedBy ?? 'a person')}` : 'no'),
    row('cooldown', until(lease.cooldownUntil, 'over')),
    row('acknowledgement', lease.acknowledgementDue ? style.warn('due') : 'not due'),
    ...(lease.left === undefined ? [] : [row('left', `${safe(lease.left)}: no alarm fails it over again until "hotshift failback" has brought it back`)]),
    ...(lease.abortExecution === undefined ? [] : [row('abort', `${safe(lease.abortExecution.replaceAll(' ', ', '))} asked to stop`)]),
  ];
}

const permitState = (permit: StatusView['permits'][number], style: Style): string =>
  (permit.withdrawn ? style.warn('withdrawn') : permit.writer === undefined ? 'never granted' : style.good('granted'));

function resultText({ result, fresh, consecutiveFailures }: StatusView['observations'][number], style: Style): string {
  const text = consecutiveFailures > 0 ? `${result} x${consecutiveFailures}` : result;
  if (!fresh) return style.dim(text);
  if (result === 'up') return style.good(text);
  return result === 'slow' || result === 'abstained' ? style.warn(text) : style.bad(text);
}

// The columns before the reason take about 70 characters; a wrapped table cell cannot be read.
const clipped = (text: string, columns: number | undefined): string => {
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(20, columns - 84);
  return text.length > room ? `${text.slice(0, room - 3)}...` : text;
};
