// The two regions and the witness: where users go, which database writes, how far the other one lags, and who sees what.
import type { Part } from './main.ts';
import { element, make, say, set } from './dom.ts';
import type { DatabaseView, PlaceView, View, WatchPoint } from '../view.ts';

const LETTERS = ['A', 'B', ''];
/** Streams are drawn between these widths. */
const [THIN, THICK] = [2, 18];

export function world(): Part {
  let made = '';
  let table = '';
  return (view, now) => {
    const { places, watch } = view;
    const key = places.map(({ region }) => region).join();
    if (made !== key) element('places').replaceChildren(...places.map(card));
    made = key;
    places.forEach((place, index) => showPlace(place, index, view));
    flow(view);
    const rows = watch === null ? '' : watch.points.map(({ vantagePoint, target }) => `${vantagePoint}>${target}`).join();
    if (rows !== table) makeTable(watch?.points ?? []);
    table = rows;
    if (watch !== null) showWatch(view, now);
  };
}

function card({ region, kind }: PlaceView, index: number): HTMLElement {
  const row = (name: string, label: string): readonly HTMLElement[] => [make('dt', {}, label), make('dd', { 'data-cell': name }, '–')];
  const rows = kind === 'region' ? [...row('serves', 'Serves'), ...row('database', 'Database'), ...row('lag', 'Lag'), ...row('permit', 'Write permit'), ...row('network', 'Clients')] : [...row('holder', 'Lease'), ...row('epoch', 'Epoch'), ...row('pause', 'Paused'), ...row('ack', 'Acknowledge')];
  return make('article', { id: `place-${index}`, class: 'place', 'data-index': index },
    make('h3', {}, ...(kind === 'region' ? [make('span', { class: 'letter' }, LETTERS[index] ?? ''), ' '] : []), region, ' ', make('span', { class: 'state' }, 'unknown')),
    make('dl', {}, ...rows));
}

const STATES: Readonly<Record<PlaceView['state'], string>> = { up: 'up', dark: 'gone', frozen: 'hangs', 'cut off': 'cut off', unknown: 'unknown' };

function showPlace({ state, kind, database, permitEpoch }: PlaceView, index: number, { traffic, watch, places }: View): void {
  const place = element(`place-${index}`);
  const cell = (name: string, text: string, tone?: 'good' | 'bad' | 'warn'): void => {
    const found = place.querySelector(`[data-cell=${name}]`);
    if (found === null) return;
    say(found, text);
    set(found, 'data-tone', tone);
  };
  set(place, 'data-state', state);
  const badge = place.querySelector('.state');
  if (badge !== null) say(badge, kind === 'witness' ? `witness, ${STATES[state]}` : STATES[state]);
  if (kind === 'witness') {
    cell('holder', watch?.holder === null || watch === null ? 'free' : 'held', watch?.holder === null || watch === null ? undefined : 'warn');
    cell('epoch', String(watch?.epoch ?? '–'));
    const isPaused = (watch?.pausedUntil ?? null) !== null;
    cell('pause', isPaused ? 'yes' : 'no', isPaused ? 'warn' : undefined);
    return cell('ack', watch?.acknowledgementDue === true ? 'due' : 'not due', watch?.acknowledgementDue === true ? 'warn' : undefined);
  }
  const region = places[index]?.region ?? '';
  const served = traffic.at(-1)?.byRegion[region] ?? 0;
  cell('serves', served > 0 ? `${served}/s` : 'nobody', served > 0 ? 'good' : undefined);
  cell('database', databaseText(database), database?.state === 'up' ? (database.role === 'writer' && !database.closed ? 'good' : undefined) : 'bad');
  cell('lag', database?.lagSeconds?.toFixed(1).concat(' s') ?? '–', (database?.lagSeconds ?? 0) > 2 ? 'bad' : undefined);
  cell('permit', permitEpoch === null ? 'none' : `epoch ${permitEpoch}`, permitEpoch === null ? undefined : 'good');
  cell('network', database === null ? '–' : database.closed ? 'locked out' : 'let in', database?.closed === true ? 'warn' : undefined);
}

function databaseText(database: DatabaseView | null): string {
  if (database === null) return '–';
  if (database.state !== 'up') return { stopped: 'stopped', frozen: 'frozen', unknown: 'no answer' }[database.state];
  return database.role === 'writer' && database.closed ? 'old writer, fenced' : database.role;
}

function flow({ traffic, places }: View): void {
  const last = traffic.at(-1);
  const [a, b] = [places[0]?.region ?? 'us-east-1', places[1]?.region ?? 'us-west-2'];
  const counts = [last?.byRegion[a] ?? 0, last?.byRegion[b] ?? 0, last?.failed ?? 0];
  const total = counts.reduce((sum, count) => sum + count, 0);
  const parts = counts.map((count) => (total === 0 ? 0 : count / total));
  const percent = (part = 0): string => `${Math.round(part * 100)} %`;
  const bars = element('split').querySelectorAll('span');
  parts.forEach((part, index) => bars[index]?.style.setProperty('flex-grow', String(part)));
  const text = total === 0 ? 'No traffic' : `${percent(parts[0])} to ${a}, ${percent(parts[1])} to ${b}, ${percent(parts[2])} failed`;
  set(element('split'), 'aria-label', text);
  say(element('share-a'), `A ${a} ${percent(parts[0])}`);
  say(element('share-b'), `B ${b} ${percent(parts[1])}`);
  say(element('rate'), total === 0 ? 'no traffic' : `${total} requests a second${counts[2] === 0 ? '' : `, ${counts[2]} failed`}`);
  (['stream-a', 'stream-b'] as const).forEach((id, index) => {
    const part = parts[index] ?? 0;
    element(id).style.setProperty('stroke-width', part === 0 ? '0' : String(THIN + part * (THICK - THIN)));
  });
}

function makeTable(points: readonly WatchPoint[]): void {
  const targets = [...new Set(points.map(({ target }) => target))];
  const from = [...new Set(points.map(({ vantagePoint }) => vantagePoint))];
  element('watch').replaceChildren(
    make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'Observer in'), ...targets.map((target) => make('th', { scope: 'col' }, `sees ${target}`)))),
    make('tbody', {}, ...from.map((place) => make('tr', {}, make('th', { scope: 'row' }, place),
      ...targets.map((target) => make('td', { id: `seen-${place}-${target}` }, make('b', {}, '–'), ' ', make('span', { class: 'quiet number' })))))));
}

const TONES: Readonly<Record<string, 'good' | 'bad' | 'warn'>> = { up: 'good', down: 'bad', impaired: 'bad', slow: 'warn', abstained: 'warn' };

function showWatch({ watch, places }: View, now: number): void {
  if (watch === null) return;
  for (const { vantagePoint, target, result, at, latencyMs, consecutiveFailures, fresh } of watch.points) {
    const cell = element(`seen-${vantagePoint}-${target}`);
    const [word, rest] = [cell.querySelector('b'), cell.querySelector('span')];
    if (word === null || rest === null) continue;
    say(word, consecutiveFailures > 1 ? `${result} × ${consecutiveFailures}` : result);
    set(cell, 'data-tone', fresh ? TONES[result] : 'old');
    say(rest, at === null ? '' : `${fresh ? '' : 'old, '}${latencyMs === null || result !== 'up' ? '' : `${latencyMs} ms, `}${Math.max(0, Math.round((now - at) / 1000))} s ago`);
  }
  const regions = places.filter(({ kind }) => kind === 'region').map(({ region }) => region);
  const against = regions.map((region) => `${watch.against[region] ?? 0} of ${watch.of} see ${region} down`);
  say(element('quorum'), `${watch.quorum} must agree, one of them in the witness. Now ${against.join(', ')}.`);
  set(element('quorum'), 'data-reached', regions.some((region) => (watch.against[region] ?? 0) >= watch.quorum));
}
