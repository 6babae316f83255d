// What people were told, with the buttons that Slack would show them, and the journal. New lines come at the end; whoever has scrolled up
// to read stays there.
import type { Part } from './main.ts';
import { act, token } from './act.ts';
import { clockText, element, make } from './dom.ts';
import type { JournalLine, SlackButton, SlackEntry, View } from '../view.ts';

const PEOPLE: Readonly<Record<string, string>> = { ana: 'Ana', ben: 'Ben' };
/** Fewer pixels from the end than this is the end. */
const NEAR = 40;

export function talk(): Part {
  let [slack, journal, since]: [View['slack'] | undefined, View['journal'] | undefined, number | undefined] = [undefined, undefined, undefined];
  return (view) => {
    if (view.slack !== slack) {
      slack = view.slack;
      const entries = slack.map(message);
      keepEnd(element('slack'), () => element('slack').replaceChildren(...(entries.length > 0 ? entries : [empty('Nobody was told anything yet.')])));
    }
    const faultAt = view.session.fault?.at;
    if (view.journal !== journal || faultAt !== since) {
      [journal, since] = [view.journal, faultAt];
      const lines = journal.map((line) => journalLine(line, faultAt));
      keepEnd(element('journal'), () => element('journal').replaceChildren(...(lines.length > 0 ? lines : [empty('Each decision is written here before it is carried out.')])));
    }
  };
}

const empty = (text: string): HTMLElement => make('li', { class: 'empty' }, text);

function keepEnd(list: HTMLElement, change: () => void): void {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
  change();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function message({ at, ts, text, reply, updates, buttons }: SlackEntry): HTMLElement {
  const [title = '', ...rest] = text.split('\n');
  return make('li', { class: reply ? 'message reply' : 'message' },
    make('p', { class: 'from' }, make('b', {}, 'Hotshift'), ' ', make('time', {}, clockText(at)), ...(updates > 0 ? [` changed ${updates} ×`] : [])),
    make('p', { class: 'title' }, title), ...(rest.join('').trim() === '' ? [] : [make('p', { class: 'rest' }, rest.join('\n').trim())]),
    ...(buttons.length === 0 ? [] : [make('div', { class: 'answers' }, ...buttons.map((button) => answer(ts, button)))]));
}

function answer(ts: string, { id, label, person }: SlackButton): HTMLElement {
  const made = make('button', { type: 'button', 'data-press': `${person}:${id}`, ...(token() === null ? { 'aria-disabled': 'true' } : {}) }, `${label} as ${PEOPLE[person] ?? person}`);
  made.addEventListener('click', () => void act('press', { ts, button: id, person }));
  return made;
}

function journalLine({ at, step, kind, summary, gates }: JournalLine, faultAt: number | undefined): HTMLElement {
  const time = faultAt === undefined ? clockText(at) : `${at >= faultAt ? '+' : '−'}${(Math.abs(at - faultAt) / 1000).toFixed(1)} s`;
  return make('li', { class: `entry ${kind}` }, make('time', { class: 'number', title: clockText(at) }, time), make('b', {}, step), make('span', { class: 'kind' }, kind), make('span', { class: 'summary' }, summary),
    ...(gates.length === 0 ? [] : [make('ul', { class: 'gates' }, ...gates.map(({ gate, passed, value, threshold }) => make('li', { 'data-tone': passed ? 'good' : 'bad' }, `${passed ? '✓' : '✗'} ${gate}: ${value} (needs ${threshold})`)))]));
}
