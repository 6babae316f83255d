// `hotshift report --html`: one file without scripts, fonts or requests, for a screen, a printer or a mail. Pure.
// Everything from the journal is escaped, and the page's own policy forbids it to run or load anything.
import type { JournalEntry } from '../../domain/journal.ts';
import type { Evidence, Slower } from './evidence.ts';
import { nextSteps } from './next-steps.ts';
import type { Timeline, TimelineStep } from './timeline.ts';
import { plots } from './page-plots.ts';
import type { FollowUpRow } from './follow-ups.ts';
import { followUpSection, proof } from './page-proof.ts';
import { reportStyle } from './page-style.ts';
import { durationText, offsetText, safe, timeText } from './words.ts';
import { whyGates, type WhyGate } from './gates.ts';

export interface PageParts {
  /** Steps that took longer than in the record of an earlier execution. */
  readonly slower?: readonly Slower[] | undefined;
  readonly evidence?: Evidence | undefined;
  /** What the plots are made of. */
  readonly entries?: readonly JournalEntry[] | undefined;
  readonly followUps?: readonly FollowUpRow[] | undefined;
}

export function reportHtml(found: Timeline, { slower, evidence, entries = [], followUps }: PageParts = {}): string {
  const title = `${safe(found.execution)}: ${found.outcome ?? 'no outcome yet'}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
${head(found)}
${remarks(found)}
${next(found)}
${steps(found)}
${slowerThan(slower)}
${plots(entries, escaped)}
${proof(evidence, escaped)}
${followUpSection(followUps, escaped)}
${gates(found)}
${journal(found)}
</main>
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => safe(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');

const tones = { 'Failed over': 'good', 'Stood down': 'calm', 'Handed to a human': 'bad', 'Drill passed': 'good', 'Failed back': 'good', 'Failback yielded': 'calm', 'Drill stopped': 'calm', 'Drill refused': 'calm', 'Drill yielded': 'calm' } as const;

const toneOf = (outcome: string | undefined): string => Object.entries(tones).find(([name]) => name === outcome)?.[1] ?? 'calm';

function head(found: Timeline): string {
  const { outcome, lossWindow } = found;
  const figures = [
    ['Took', durationText(found.workflowSeconds ?? found.seconds)],
    ['Loss window', lossWindow === undefined ? 'none' : lossWindow.from <= 0 ? 'unknown' : `at most ${durationText(lossWindow.seconds)}`],
    ['Epoch', found.epoch === undefined ? 'none' : String(found.epoch)],
    ['Started', timeText(found.startedAt)],
    ['Last entry', timeText(found.endedAt)],
  ] as const;
  return `<header>
<p class="eyebrow">${escaped(found.application)} &middot; ${escaped(found.execution)}</p>
<h1><span class="badge ${toneOf(outcome)}">${escaped(outcome ?? (found.reason === undefined ? 'No outcome yet' : 'No outcome'))}</span></h1>
${found.reason === undefined ? '' : `<p class="reason">${escaped(found.reason)}</p>`}
<dl class="figures">${figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>
</header>`;
}

const remarks = ({ remarks: all }: Timeline): string =>
  (all.length === 0 ? '' : `<ul class="remarks">${all.map((remark) => `<li>${escaped(remark)}</li>`).join('')}</ul>`);

function steps(found: Timeline): string {
  return `<section>
<h2>Steps</h2>
<div class="wide" tabindex="0" role="region" aria-label="Steps"><table class="steps">
<thead><tr><th scope="col">Step</th><th scope="col">From</th><th scope="col">Took</th><th scope="col">State</th><th scope="col" class="track">0 to ${durationText(found.seconds)}</th></tr></thead>
<tbody>
${found.steps.map((step) => stepRow(step, found)).join('\n')}
</tbody></table></div>
</section>`;
}

function slowerThan(slower: readonly Slower[] | undefined): string {
  if (slower === undefined) return '';
  const rows = slower.map(({ step, seconds, before }) => `<tr><th scope="row">${escaped(step)}</th><td>${durationText(before)}</td><td class="warn">${durationText(seconds)}</td></tr>`).join('');
  return `<section>
<h2>Slower than last time</h2>
${rows === '' ? '<p>Nothing was.</p>' : `<div class="wide" tabindex="0" role="region" aria-label="Slower than last time"><table><thead><tr><th scope="col">Step</th><th scope="col">Last time</th><th scope="col">This time</th></tr></thead><tbody>${rows}</tbody></table></div>`}
</section>`;
}

const stepTones = { passed: 'good', stopped: 'bad', open: 'warn' } as const;

function stepRow(step: TimelineStep, found: Timeline): string {
  const offset = (step.startedAt - found.startedAt) / 1000;
  const percent = (seconds: number): string => (found.seconds === 0 ? 0 : (100 * seconds) / found.seconds).toFixed(2);
  const tone = stepTones[step.state];
  return `<tr><th scope="row">${escaped(step.step)}</th><td>${offsetText(offset)}</td><td>${step.seconds === 0 ? '&ndash;' : durationText(step.seconds)}</td><td class="${tone}">${step.state}</td>`
    + `<td class="track"><span class="bar ${tone}" style="margin-left:${percent(offset)}%;width:${percent(step.seconds)}%"></span></td></tr>`;
}

function gates(found: Timeline): string {
  const all = whyGates(found);
  if (all.length === 0) return '<section><h2>Gates</h2><p>No gate was journaled.</p></section>';
  return `<section>
<h2>Gates</h2>
<div class="wide" tabindex="0" role="region" aria-label="Gates"><table>
<thead><tr><th scope="col">Step</th><th scope="col">Gate</th><th scope="col">Passed</th><th scope="col">Found</th><th scope="col">Needed</th></tr></thead>
<tbody>
${all.map(gateRow).join('\n')}
</tbody></table></div>
</section>`;
}

function gateRow({ step, gate, passed, value, threshold, evidence, times, passedLater }: WhyGate): string {
  const more = evidence === undefined || evidence === '' || evidence === value ? '' : `<div class="evidence">${escaped(evidence)}</div>`;
  const often = times === 1 ? '' : ` <span class="quiet">${times} times</span>`;
  return `<tr><th scope="row">${escaped(step)}</th><td>${escaped(gate)}</td><td class="${passed ? 'good' : passedLater ? 'warn' : 'bad'}">${passed ? 'yes' : passedLater ? 'later' : 'no'}${often}</td><td>${escaped(value)}${more}</td><td>${escaped(threshold)}</td></tr>`;
}

function next(found: Timeline): string {
  const { steps: todo, runbook } = nextSteps(found);
  return `<section>
<h2>What to do next</h2>
<ol>${todo.map((step) => `<li>${escaped(step)}</li>`).join('')}</ol>
<p class="quiet">Runbook: <code>${escaped(runbook)}</code></p>
</section>`;
}

function journal({ events }: Timeline): string {
  return `<section>
<h2>Journal</h2>
<div class="wide" tabindex="0" role="region" aria-label="Journal"><table class="journal">
<thead><tr><th scope="col">After</th><th scope="col">Step</th><th scope="col">Kind</th><th scope="col">What</th></tr></thead>
<tbody>
${events.map((event) => `<tr><td class="time" title="${timeText(event.at)}">${offsetText(event.offsetSeconds)}</td><th scope="row">${escaped(event.step)}</th><td class="quiet">${event.kind}</td><td>${escaped(event.summary)}</td></tr>`).join('\n')}
</tbody></table></div>
</section>`;
}
