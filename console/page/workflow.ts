// The workflow as a line of stations, drawn once from the outline of the YAML. What runs is lit and counts its time; what is done keeps it.
import type { Part } from './main.ts';
import { element, make, say, secondsText, set } from './dom.ts';
import type { Block, Lane, Outline, OutlineState } from '../outline.ts';
import type { RunningState } from '../progress.ts';
import type { View } from '../view.ts';

export function workflow(): Part {
  let outlines: readonly Outline[] | undefined;
  let chosen: string | undefined;
  let followed: string | undefined;
  const choose = (name: string): void => {
    chosen = name;
    for (const tab of element('tabs').children) set(tab, 'aria-pressed', tab.getAttribute('data-machine') === name ? 'true' : 'false');
    for (const machine of element('machines').children) set(machine, 'data-shown', machine.getAttribute('data-machine') === name);
  };
  return (view, now) => {
    if (JSON.stringify(outlines?.map(({ name }) => name)) !== JSON.stringify(view.outlines.map(({ name }) => name))) {
      outlines = view.outlines;
      element('machines').replaceChildren(...outlines.map(machine));
      element('tabs').replaceChildren(...outlines.map(({ name }) => {
        const tab = make('button', { type: 'button', 'data-machine': name }, name);
        tab.addEventListener('click', () => choose(name));
        return tab;
      }));
      choose(chosen ?? outlines[0]?.name ?? '');
    }
    // A workflow that begins is shown; afterwards whoever looks may choose another one.
    if (view.workflow !== null && view.workflow.execution !== followed) choose(view.workflow.machine);
    followed = view.workflow?.execution;
    show(view, now);
  };
}

function machine({ name, comment, blocks }: Outline): HTMLElement {
  return make('div', { class: 'machine', 'data-machine': name }, make('p', { class: 'quiet' }, comment), make('div', { class: 'blocks' }, ...blocks.map((one) => block(name, one))));
}

function block(name: string, { beside, comment, lanes }: Block): HTMLElement {
  const title = beside === null ? [] : [make('h3', { title: comment }, beside), make('p', { class: 'quiet' }, comment)];
  return make('div', { class: beside === null ? 'block' : 'block beside', 'data-state': beside ?? undefined }, ...title, ...lanes.map((one) => lane(name, one)));
}

const lane = (name: string, { title, states }: Lane): HTMLElement =>
  make('ol', { class: 'line', ...(title === '' ? {} : { 'aria-label': title }) }, ...states.map((state) => station(name, state)));

const station = (machineName: string, { name, kind, comment }: OutlineState): HTMLElement =>
  make('li', { class: `station ${kind}`, 'data-station': `${machineName}/${name}`, title: comment }, make('span', { class: 'dot', 'aria-hidden': 'true' }), make('span', { class: 'name' }, name), make('span', { class: 'time number' }));

function show({ workflow: running }: View, now: number): void {
  say(element('execution'), running === null ? 'Nothing runs.' : `in ${running.region}, ${running.endedAt === null ? `for ${secondsText(now - running.startedAt)}` : `took ${secondsText(running.endedAt - running.startedAt)}`}`);
  set(element('execution'), 'title', running?.execution);
  for (const one of element('machines').querySelectorAll<HTMLElement>('.station')) {
    const [machineName, name = ''] = (one.dataset['station'] ?? '').split('/');
    const state = running !== null && running.machine === machineName ? running.states[name] : undefined;
    set(one, 'data-state', state === undefined ? 'ahead' : state.since === null ? 'done' : 'running');
    set(one, 'aria-current', state !== undefined && state.since !== null ? 'step' : undefined);
    const time = one.querySelector('.time');
    if (time !== null) say(time, timeText(state, one.classList.contains('question') || one.classList.contains('end'), now));
  }
}

/** Questions take no time; how often something was entered is worth knowing when it was more than once. */
function timeText(state: RunningState | undefined, quick: boolean, now: number): string {
  if (state === undefined) return '';
  const often = state.entered > 1 ? `${state.entered} × ` : '';
  if (quick) return often === '' ? '✓' : `${often}✓`;
  return `${often}${secondsText(state.tookMs + (state.since === null ? 0 : Math.max(0, now - state.since)))}`;
}
