// The buttons. They stay where they are; one that cannot be pressed now stays reachable and says why, so that nobody has to guess.
import type { Part } from './main.ts';
import { act, token } from './act.ts';
import { clockText, element, make, say, set } from './dom.ts';
import type { ActionView, Group, SessionView } from '../view.ts';

const FAULT = 'fault:';
const STANDARD_HINT = 'Point at a button, or reach it with the keyboard, to read what it does.';

export function controls(): Part {
  const made = new Map<string, HTMLButtonElement>();
  let shown: readonly ActionView[] | undefined;
  let notices: SessionView['notices'] | undefined;
  return ({ session }) => {
    if (session.actions !== shown) {
      for (const action of session.actions) {
        const known = made.get(action.id) ?? made.set(action.id, build(action)).get(action.id);
        if (known !== undefined) update(known, action);
      }
      shown = session.actions;
      if (token() === null) say(element('token-note'), session.source === 'aws' ? 'This page only shows. Use the hotshift command to act.' : 'Open the link that the terminal shows: it carries the token that the buttons need.');
    }
    if (session.notices !== notices) {
      notices = session.notices;
      element('notices').replaceChildren(...[...notices].reverse().map(({ at, text, bad }) => make('li', { 'data-tone': bad ? 'bad' : undefined }, make('time', {}, clockText(at)), ' ', text)));
    }
  };
}

const HOMES: Readonly<Record<Group, string>> = { faults: 'faults', operate: 'operate', run: 'run' };

function build(action: ActionView): HTMLButtonElement {
  const isFault = action.id.startsWith(FAULT);
  const button = make('button', { type: 'button', 'data-action': action.id, 'aria-describedby': 'hint' },
    make('span', { class: 'label' }, action.label), ...(isFault ? [make('small', { class: 'does' }, action.does), make('small', { class: 'ends' })] : []));
  button.addEventListener('click', () => void press(button, action));
  for (const event of ['mouseenter', 'focus'] as const) button.addEventListener(event, () => hint(button.dataset['hint'] ?? ''));
  for (const event of ['mouseleave', 'blur'] as const) button.addEventListener(event, () => hint(STANDARD_HINT));
  element(HOMES[action.group]).append(button);
  return button;
}

function update(button: HTMLButtonElement, { does, ends, blocked }: ActionView): void {
  const off = blocked !== '' || token() === null;
  // Not `disabled`: it stays in the order of the keyboard, and can be asked why.
  set(button, 'aria-disabled', off ? 'true' : undefined);
  set(button, 'title', blocked || undefined);
  button.dataset['hint'] = blocked === '' ? `${does}.` : `${does}. Not now: ${blocked}.`;
  const last = button.querySelector('.ends');
  if (last !== null) say(last, ENDS[ends ?? ''] ?? '');
}

const ENDS: Readonly<Record<string, string>> = { 'Failed over': 'must fail over', 'Stood down': 'must stand down' };

const hint = (text: string): void => say(element('hint'), text === '' ? STANDARD_HINT : text.charAt(0).toUpperCase() + text.slice(1));

async function press(button: HTMLButtonElement, action: ActionView): Promise<void> {
  if (button.getAttribute('aria-disabled') === 'true') return hint(button.dataset['hint'] ?? '');
  const checked = (id: string): boolean => (element(id) as HTMLInputElement).checked;
  const body = action.id === 'restart' ? { approve: checked('with-approve'), switch: checked('with-switch') } : action.id.startsWith(FAULT) ? { fault: action.id.slice(FAULT.length) } : {};
  const refused = await act(action.id.startsWith(FAULT) ? 'fault' : action.id, body);
  if (refused !== undefined) element('notices').prepend(make('li', { 'data-tone': 'bad' }, make('time', {}, clockText(Date.now())), ` ${action.label}: ${refused}`));
}
