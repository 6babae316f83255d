// The page: each part shows its slice of the view and nothing else. Times that run are counted here, four times a second.
import { follow } from './stream.ts';
import { token } from './act.ts';
import { controls } from './controls.ts';
import { element, say, set } from './dom.ts';
import { plots } from './plots.ts';
import { report } from './report.ts';
import { storyPart } from './story-part.ts';
import { talk } from './talk.ts';
import { workflow } from './workflow.ts';
import { world } from './world.ts';
import type { View } from '../view.ts';

const TICK_MS = 250;

/** Shows the view; called with the same view again when time has passed. */
export type Part = (view: View, now: number) => void;

token();
const parts: readonly Part[] = [storyPart(), world(), controls(), workflow(), plots(), talk(), report()];
let shown: View | undefined;
const draw = (): void => {
  if (shown === undefined) return;
  const now = Date.now();
  for (const part of parts) part(shown, now);
};

follow({
  onView: (view) => {
    shown = view;
    set(document.body, 'data-source', view.session.source);
    say(element('mode'), view.session.source === 'twin' ? 'twin on this machine' : 'AWS, read only');
    draw();
  },
  onLink: (state) => {
    say(element('link'), state === 'live' ? 'live' : 'connection lost, trying again');
    set(element('link'), 'data-state', state);
  },
});
setInterval(draw, TICK_MS);
