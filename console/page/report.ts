// After a run: what users saw, what was lost, how near it came to what is possible, and which of the promises held.
import type { Part } from './main.ts';
import { element, make } from './dom.ts';
import type { ReportView } from '../view.ts';

export function report(): Part {
  let shown: ReportView | null | undefined;
  const before = [...element('report-body').childNodes];
  return ({ report: found }) => {
    if (found === shown) return;
    const isNew = shown !== undefined && shown === null && found !== null;
    shown = found;
    element('report-body').replaceChildren(...(found === null ? before : [body(found)]));
    if (isNew) element('report').scrollIntoView({ behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth', block: 'start' });
  };
}

function body(found: ReportView): HTMLElement {
  const broken = Object.entries(found.invariants).filter(([, held]) => !held);
  return make('div', { class: 'result' },
    make('p', { class: 'verdict', 'data-tone': found.good ? 'good' : 'bad' }, found.good ? '✓ It ended as it must, and every promise held.' : `✗ ${broken.length > 0 ? `${broken.length} promises were broken.` : `It must have ended: ${found.expected}.`}`),
    make('p', {}, `${found.outcome === 'nothing' ? 'No failover was started' : found.outcome}: ${found.reason}.`),
    make('div', { class: 'halves' }, make('div', {}, make('h3', {}, 'Where the time went'), phases(found)), make('div', {}, make('h3', {}, 'What was lost, and the floor'), losses(found))),
    make('details', {}, make('summary', {}, `All ${Object.keys(found.invariants).length} promises that were checked`), make('ul', { class: 'checks' }, ...Object.entries(found.invariants).map(([name, held]) => make('li', { 'data-tone': held ? 'good' : 'bad' }, `${held ? '✓' : '✗'} ${name}`)))),
    ...found.notes.map((note) => make('p', { class: 'note' }, `Note: ${note}`)),
    make('p', {}, make('a', { href: '/report', target: '_blank', rel: 'noopener' }, 'Open the whole report, with plots and journal (new tab)')));
}

function phases({ phases: found, writeDowntimeSeconds }: ReportView): HTMLElement {
  const entries = Object.entries(found);
  if (entries.length === 0) return make('p', { class: 'quiet' }, `No workflow moved anything. The longest gap in writes was ${writeDowntimeSeconds.toFixed(2)} s.`);
  const total = entries.reduce((sum, [, seconds]) => sum + seconds, 0) || 1;
  let before = 0;
  return make('ol', { class: 'phases' }, ...entries.map(([name, seconds]) => {
    const bar = make('span', { class: 'bar', 'aria-hidden': 'true' });
    bar.style.setProperty('margin-left', `${Math.min(99, (before / total) * 100)}%`);
    bar.style.setProperty('width', `${Math.max(0.8, (seconds / total) * 100)}%`);
    before += seconds;
    return make('li', {}, make('span', {}, name), make('span', { class: 'number' }, `${seconds.toFixed(2)} s`), make('span', { class: 'track' }, bar));
  }));
}

function losses({ acknowledged, lost, lostOutsideWindow, lossWindowSeconds, writers, floorTerms, floorSeconds, writeDowntimeSeconds, fault, expected }: ReportView): HTMLElement {
  const row = (name: string, value: string): readonly HTMLElement[] => [make('dt', {}, name), make('dd', { class: 'number' }, value)];
  const floor = fault === 'none' || expected !== 'Failed over' ? [] : [...row('Writes stood still', `${writeDowntimeSeconds.toFixed(2)} s`), ...row('The floor of these settings', `${floorSeconds.toFixed(2)} s`), ...floorTerms.filter(({ seconds }) => seconds > 0).flatMap(({ term, seconds }) => [make('dt', { class: 'term' }, term), make('dd', { class: 'number term' }, `${seconds.toFixed(2)} s`)])];
  return make('dl', { class: 'losses' }, ...row('Writes that users were promised', String(acknowledged)), ...row('of these lost', String(lost)), ...row('lost outside the reported window', String(lostOutsideWindow)), ...row('Reported loss window', lossWindowSeconds === 0 ? 'none' : `${lossWindowSeconds.toFixed(1)} s`), ...row('Writers at one time', String(writers)), ...floor);
}
