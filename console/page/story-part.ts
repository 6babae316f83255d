// What is happening, in one sentence, and the four figures that matter. Until the end they are what the load has seen so far; then they
// are what was counted in the databases.
import type { Part } from './main.ts';
import { element, say, secondsText, set } from './dom.ts';
import type { TrafficSecond, View } from '../view.ts';

/** When nothing succeeds for so long, users notice. Below, it is the rhythm of the load. */
const NOTICED_MS = 1_500;
const NOTHING = '–';

export function storyPart(): Part {
  let spoken = '';
  return (view, now) => {
    const { headline, detail, phase, since } = view.session;
    say(element('headline'), headline);
    say(element('detail'), detail || ' ');
    set(element('story'), 'data-mood', mood(view));
    if (spoken !== headline) {
      spoken = headline;
      say(element('spoken'), `${headline}. ${detail}`);
    }
    document.title = `${headline} – Hotshift console`;
    figures(view, now, phase === 'starting' ? since : undefined);
  };
}

function mood({ session: { phase, headline }, report }: View): 'calm' | 'busy' | 'good' | 'bad' {
  if (phase === 'failed' || headline === 'Handed to a human') return 'bad';
  if (phase === 'reported') return report?.good === false ? 'bad' : 'good';
  if (phase === 'broken') return 'bad';
  if (headline === 'Failed over' || headline === 'Failed back' || headline === 'Drill passed') return 'good';
  return phase === 'steady' || phase === 'settled' ? (headline.startsWith('Hotshift acts') ? 'busy' : 'calm') : 'busy';
}

function figures({ report, traffic, session: { fault } }: View, now: number, startingSince: number | undefined): void {
  const show = (id: string, text: string): void => say(element(id), text);
  if (report !== null) {
    show('stood-writes', `${report.writeDowntimeSeconds.toFixed(1)} s`);
    show('stood-writes-note', report.floorSeconds > 0 && report.writeDowntimeSeconds > 0 && report.fault !== 'none' ? `${(report.writeDowntimeSeconds / report.floorSeconds).toFixed(2)} × the floor` : 'longest gap');
    show('stood-reads', `${report.readDowntimeSeconds.toFixed(1)} s`);
    show('lost', String(report.lost));
    show('lost-note', `of ${report.acknowledged} acknowledged`);
    return show('floor', report.fault === 'none' || report.expected !== 'Failed over' ? NOTHING : `${report.floorSeconds.toFixed(1)} s`);
  }
  show('stood-writes', startingSince !== undefined ? NOTHING : standing(traffic, 'writesOk', fault?.at, now));
  show('stood-reads', startingSince !== undefined ? NOTHING : standing(traffic, 'readsOk', fault?.at, now));
  show('stood-writes-note', 'since the fault');
  show('lost-note', 'counted at the end');
  show('lost', NOTHING);
  show('floor', NOTHING);
}

/** The longest time after the fault in which no second had a success; by seconds, so about right. */
function standing(traffic: readonly TrafficSecond[], kind: 'writesOk' | 'readsOk', faultAt: number | undefined, now: number): string {
  if (faultAt === undefined) return NOTHING;
  const good = traffic.filter((second) => second[kind] > 0 && second.at + 1000 > faultAt).map(({ at }) => at);
  const ends = [...good.map((at) => Math.max(at, faultAt)), now - 1_000];
  let [longest, before] = [0, faultAt];
  for (const at of ends) {
    longest = Math.max(longest, at - before);
    before = Math.max(before, at + 1000);
  }
  return longest < NOTICED_MS ? '0 s' : `${secondsText(longest)}`;
}
