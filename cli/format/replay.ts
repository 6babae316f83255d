// The outcome of a replay for people: what each policy would have done, then how right that was. Pure.
import type { Decision, Episode } from '../../replay/episodes.ts';
import type { Replayed, Result } from '../../replay/replay.ts';
import type { Score } from '../../replay/score.ts';
import { durationText, safe, table, timeText, wrapped, type Style } from './style.ts';

export type ReplayView = Replayed & { readonly application: string };

// A screen holds some forty lines; the rest is in --json.
const SHOWN_MAX = 20;

export function replayText(view: ReplayView, style: Style, columns: number | undefined): string {
  const span = view.from === undefined || view.to === undefined ? 'no records' : `${view.records} records, ${timeText(view.from)} to ${timeText(view.to)} (${durationText((view.to - view.from) / 1000)})`;
  return [`${style.bold(safe(view.application))}  ${span}`, ...comparison(view, style), ...view.results.flatMap((result) => ['', ...resultLines(result, style, columns)])].join('\n');
}

/** One line for each policy, when there are several or when there are labels. */
function comparison({ results }: ReplayView, style: Style): readonly string[] {
  const scored = results.flatMap(({ name, episodes, score }) => (score === undefined ? [] : [{ name, episodes, score }]));
  if (scored.length === 0) return results.length < 2 ? [] : ['', ...table(['POLICY', 'EPISODES', 'DECISIONS'], results.map(({ name, episodes, notKept }) => [safe(name), String(episodes.length + notKept), String(decided(episodes).length)]), style)];
  return ['', ...table(['POLICY', 'FOUND', 'MISSED', 'FALSE ALARMS', 'RIGHTLY LEFT', 'DELAY MEDIAN', 'WORST'], scored.map(({ name, score }) => {
    const delays = score.found.map(({ delaySeconds }) => delaySeconds).sort((left, right) => left - right);
    return [safe(name), String(score.found.length), mark(score.missed.length, style), mark(score.falseAlarms.length, style), String(score.leftAlone.length), delayText(middle(delays)), delayText(delays.at(-1))];
  }), style)];
}

function resultLines({ name, episodes, notKept, score }: Result, style: Style, columns: number | undefined): readonly string[] {
  const shown = episodes.slice(0, SHOWN_MAX);
  return [
    style.bold(`With ${safe(name)}: ${decided(episodes).length} of ${episodes.length + notKept} episodes would have led to a decision`),
    ...shown.flatMap((episode) => episodeLines(episode, style, columns)),
    ...(episodes.length > shown.length || notKept > 0 ? [`  ... and ${episodes.length - shown.length + notKept} more (--json has ${notKept === 0 ? 'all' : 'most'} of them)`] : []),
    ...(score === undefined ? [] : scoreLines(score, style, columns)),
  ];
}

const decided = (episodes: readonly Episode[]): readonly Episode[] => episodes.filter(({ decision }) => decision !== undefined);

function episodeLines(episode: Episode, style: Style, columns: number | undefined): readonly string[] {
  const { decision, since, closedAt, region, lastReason, suspicion, standDowns } = episode;
  const what = decision === undefined ? `${style.dim('Stood down')}${standDowns > 1 ? ` ${standDowns} times` : ''}` : decisionText(decision, style);
  const when = decision === undefined ? durationText((closedAt - since) / 1000) : `${durationText((decision.at - since) / 1000)} after the first failure`;
  return [`  ${timeText(since)}  ${region}  ${what}  ${style.dim(`(${when})`)}`, ...wrapped(safe(decision?.reason ?? lastReason ?? suspicion), columns, '      ')];
}

const decisionText = ({ kind }: Decision, style: Style): string => (kind === 'Failed over' ? style.good(kind) : style.warn(kind));

function scoreLines({ found, missed, falseAlarms, leftAlone }: Score, style: Style, columns: number | undefined): readonly string[] {
  const line = (kind: string, text: string): readonly string[] => wrapped(safe(text), columns, '      ', `  ${kind}  `);
  return [
    ...found.flatMap(({ incident, episode, delaySeconds }) => line(style.good('found'), `${incident.name}: ${episode.decision?.kind ?? ''} after ${durationText(delaySeconds)}`)),
    ...missed.flatMap(({ incident, reason }) => line(style.bad('missed'), `${incident.name}: ${reason}`)),
    ...falseAlarms.flatMap(({ episode, incident }) => line(style.bad('false alarm'), `${incident?.name ?? 'outside of every label'}, ${timeText(episode.since)}: ${episode.decision?.kind ?? ''}: ${episode.decision?.reason ?? ''}`)),
    ...leftAlone.flatMap(({ name }) => line(style.good('rightly left'), name)),
  ];
}

const mark = (count: number, style: Style): string => (count === 0 ? '0' : style.bad(String(count)));
const middle = (sorted: readonly number[]): number | undefined => sorted[Math.floor((sorted.length - 1) / 2)];
const delayText = (seconds: number | undefined): string => (seconds === undefined ? '-' : durationText(seconds));
