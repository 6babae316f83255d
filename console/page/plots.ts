// Requests a second with errors, and latency: the last two minutes, drawn by uPlot in the colours of the page. What the canvas shows is said
// in words beside it.
import uPlot from 'uplot';
import type { Part } from './main.ts';
import { clockText, element, say, set } from './dom.ts';
import type { TrafficSecond, View } from '../view.ts';

const SECONDS = 120;
const HEIGHT = 230;
/** Requests that leave so late say more of this machine than of the application. */
const LATE_MS = 250;

export function plots(): Part {
  let [requests, latency]: [Plot | undefined, Plot | undefined] = [undefined, undefined];
  let [seen, at]: [readonly TrafficSecond[] | undefined, number] = [undefined, 0];
  let view: View | undefined;
  const build = (): void => {
    requests?.destroy();
    latency?.destroy();
    requests = plot('plot-requests', [area('us-west-2', '--b'), area('us-east-1', '--a'), line('failed', '--bad', 2)], () => view?.session.fault?.at);
    latency = plot('plot-latency', [line('p99', '--c', 1.5), line('p50', '--a', 2)], () => view?.session.fault?.at);
    seen = undefined;
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', build);
  new ResizeObserver(() => {
    for (const one of [requests, latency]) one?.setSize({ width: one.root.parentElement?.clientWidth ?? 300, height: HEIGHT });
  }).observe(element('plot-requests'));
  build();
  return (next) => {
    view = next;
    const last = next.traffic.at(-1);
    if (next.traffic === seen && at === (last?.at ?? 0)) return;
    [seen, at] = [next.traffic, last?.at ?? 0];
    const shown = next.traffic.slice(-SECONDS);
    const [a, b] = [next.places[0]?.region ?? 'us-east-1', next.places[1]?.region ?? 'us-west-2'];
    const times = shown.map((second) => second.at / 1000);
    requests?.setData([times, shown.map(({ byRegion }) => (byRegion[a] ?? 0) + (byRegion[b] ?? 0)), shown.map(({ byRegion }) => byRegion[a] ?? 0), shown.map(({ failed }) => failed)]);
    latency?.setData([times, shown.map(({ p99Ms }) => p99Ms), shown.map(({ p50Ms }) => p50Ms)]);
    const [inWords, late] = last === undefined ? ['–', '–'] : [`${last.ok} answered, ${last.failed} failed${reasons(last.failures)}${last.lateMs > LATE_MS ? '; this machine is too slow for the load' : ''}`, last.p50Ms === null ? 'no answer' : `half within ${last.p50Ms} ms, 99 % within ${last.p99Ms ?? '–'} ms`];
    say(element('requests-now'), inWords);
    say(element('latency-now'), late);
    set(element('plot-requests'), 'aria-label', `Requests a second over the last ${shown.length} seconds, now ${inWords}`);
    set(element('plot-latency'), 'aria-label', `Latency over the last ${shown.length} seconds, now ${late}`);
  };
}

const reasons = (failures: TrafficSecond['failures']): string => {
  const [most] = Object.entries(failures).sort(([, one], [, other]) => other - one);
  return most === undefined ? '' : ` (${most[0]})`;
};

type Plot = uPlot;
const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const area = (label: string, name: string): uPlot.Series => ({ label, stroke: colour(name), width: 1.5, fill: colour(`${name}-fill`), points: { show: false } });
const line = (label: string, name: string, width: number): uPlot.Series => ({ label, stroke: colour(name), width, points: { show: false } });

function plot(id: string, series: readonly uPlot.Series[], faultAt: () => number | undefined): Plot {
  const home = element(id);
  const [ink, grid] = [colour('--quiet'), colour('--line')];
  const axis: uPlot.Axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
  const empty = [[], ...series.map(() => [])] as unknown as uPlot.AlignedData;
  return new uPlot({
    width: home.clientWidth || 300, height: HEIGHT, cursor: { show: false }, legend: { show: true, live: false },
    scales: { x: { time: true, range: (_self, _min, max) => [(max || Date.now() / 1000) - SECONDS, max || Date.now() / 1000] }, y: { range: (_self, _min, max) => [0, Math.max(10, max * 1.1)] } },
    axes: [{ ...axis, space: 90, values: (_self, ticks) => ticks.map((tick) => clockText(tick * 1000)) }, { ...axis, size: 44 }], series: [{}, ...series],
    hooks: { draw: [(self) => marker(self, faultAt())] },
  }, empty, home);
}

/** Where it was broken. */
function marker(self: uPlot, at: number | undefined): void {
  if (at === undefined) return;
  const x = self.valToPos(at / 1000, 'x', true);
  const { left, top, width, height } = self.bbox;
  if (x < left || x > left + width) return;
  const { ctx } = self;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour('--bad');
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  ctx.fillText('fault', x - 5 * devicePixelRatio, top + 14 * devicePixelRatio);
  ctx.restore();
}
