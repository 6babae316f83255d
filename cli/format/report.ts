// `hotshift report` as plain text: the steps with how long each took, then every entry of the journal in order. Pure.
import type { Timeline, TimelineStep } from '../../functions/archive/timeline.ts';
import type { FollowUpRow } from '../../functions/archive/follow-ups.ts';
import { durationText, offsetText, padded, safe, table, widthOf, wrapped, type Style } from './style.ts';
import { headLines, outcomeLines } from './why.ts';

export function reportText(found: Timeline, style: Style, columns?: number, followUps: readonly FollowUpRow[] = []): string {
  const timeWidth = Math.max(...found.events.map((event) => offsetText(event.offsetSeconds).length));
  const stepWidth = Math.max(...found.events.map((event) => widthOf(safe(event.step))));
  const kindWidth = 'decision'.length;
  const indent = ' '.repeat(2 + timeWidth + 2 + stepWidth + 2 + kindWidth + 2);
  return [
    ...headLines(found, style),
    ...outcomeLines(found, style, columns),
    ...found.remarks.flatMap((remark) => wrapped(safe(remark), columns, '  ', `${style.warn('!')} `)),
    '',
    ...table(['STEP', 'FROM', 'TOOK', 'STATE', ''], found.steps.map((step) => [
      safe(step.step), offsetText((step.startedAt - found.startedAt) / 1000), step.seconds === 0 ? '-' : durationText(step.seconds), stateText(step, style), bar(step, found, style),
    ]), style),
    ...followUps.flatMap(([what, owner, due, state]) => wrapped(safe(`follow up: ${what} (${owner}, due ${due}, ${state})`), columns, '  ', `${style.warn('!')} `)),
    '',
    style.bold('Journal'),
    ...found.events.flatMap((event) => {
      const start = `  ${style.dim(offsetText(event.offsetSeconds).padStart(timeWidth))}  ${padded(safe(event.step), stepWidth)}  ${style.dim(event.kind.padEnd(kindWidth))}  `;
      return wrapped(safe(event.summary), columns, indent, start);
    }),
  ].join('\n');
}

const stateText = ({ state }: TimelineStep, style: Style): string =>
  (state === 'passed' ? style.good('passed') : state === 'stopped' ? style.bad('stopped') : style.warn('open'));

const barWidth = 30;
/** Where the step lies in the whole, as far as its entries say. */
function bar({ startedAt, seconds }: TimelineStep, found: Timeline, style: Style): string {
  const scale = found.seconds === 0 ? 0 : barWidth / found.seconds;
  const from = Math.min(barWidth - 1, Math.floor(((startedAt - found.startedAt) / 1000) * scale));
  const length = Math.max(1, Math.min(barWidth - from, Math.round(seconds * scale)));
  return style.dim('.'.repeat(from)) + '#'.repeat(length) + style.dim('.'.repeat(barWidth - from - length));
}
