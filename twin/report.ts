// The page of a run: self-contained HTML with the story, the plots, the phases and every gate. Light and dark, phone and desk.
import * as echarts from 'echarts';
import type { JournalEntry } from '../domain/journal.ts';
import type { RunResult } from './figures.ts';
import { latencyText, rateText } from './load/aftermath.ts';
import { FAULT_TEXTS } from './settings.ts';

export interface SecondOfTraffic { readonly at: number; readonly ok: number; readonly failed: number; readonly p50Ms: number; readonly p99Ms: number; readonly byRegion: Readonly<Record<string, number>> }
export interface ReportInput { readonly result: RunResult; readonly journal: readonly JournalEntry[]; readonly traffic: readonly SecondOfTraffic[]; readonly faultAt: number; readonly madeAt: string }

export function reportPage({ result, journal, traffic, faultAt, madeAt }: ReportInput): string {
  const good = result.outcome === FAULT_TEXTS[result.fault].ends && Object.values(result.invariants).every(Boolean);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(result.outcome)}: ${text(result.fault)} in the Hotshift twin</title><style>${STYLE}</style></head><body><main>
<header><p class="kicker">Hotshift twin, ${text(madeAt)}, seed ${result.seed}</p>
<h1><span class="${good ? 'good' : 'bad'}">${text(result.outcome)}</span> <small>${text(result.fault)}</small></h1>
<p>${text(capital(FAULT_TEXTS[result.fault].does))}. ${text(result.reason)}.</p></header>
<section class="tiles" aria-label="Figures">${tiles(result)}</section>
<section><h2>What users saw</h2>${traffic.length > 1 ? charts(traffic, faultAt) : '<p>No traffic was recorded.</p>'}</section>
<section><h2>Where the time went</h2>${phaseTable(result)}</section>
<section><h2>The floor</h2><p>What these settings allow at best, if every step of Hotshift took no time.</p>${floorTable(result)}</section>
${databaseSection(result)}${oldWriterSection(result)}
<section><h2>Invariants</h2><ul class="checks">${Object.entries(result.invariants).map(([name, held]) => `<li class="${held ? 'good' : 'bad'}">${held ? '✓' : '✗'} ${text(name)}</li>`).join('')}</ul></section>
<section><h2>The journal</h2>${journalTable(journal, faultAt)}</section>
<footer><p>Measured on one machine over loopback. Real PostgreSQL, DNS and bundles; the cloud's own times are not in it: a real RDS promotion takes minutes.</p></footer>
</main></body></html>`;
}

function tiles(result: RunResult): string {
  const ratio = result.floor.seconds > 0 && result.writeDowntimeSeconds > 0 ? `${(result.writeDowntimeSeconds / result.floor.seconds).toFixed(2)} × the floor` : '';
  const tile = (label: string, value: string, remark: string): string => `<div><p>${text(label)}</p><strong>${text(value)}</strong><p>${text(remark)}</p></div>`;
  return [
    tile('Writes stood still', `${result.writeDowntimeSeconds.toFixed(2)} s`, ratio),
    tile('Reads stood still', `${result.readDowntimeSeconds.toFixed(2)} s`, ''),
    tile('Acknowledged writes lost', `${result.lostAckedWrites} of ${result.ackedWrites}`, `${result.lostOutsideWindow} outside the reported window`),
    tile('Reported loss window', result.reportedLoss === null ? 'none' : `${result.lossWindowSeconds.toFixed(1)} s`, result.reportedLoss === null ? '' : `${result.reportedLoss.from.slice(11, 23)} to ${result.reportedLoss.to.slice(11, 23)}`),
    tile('Writers at one time', String(result.writersSeen), `read from both ${result.databases === undefined ? 'databases' : 'sides of each database'}`),
    tile('Epoch', String(result.epoch), result.epoch === 0 ? 'nothing was claimed' : ''),
    ...aftermathTiles(result.aftermath).map((words) => tile(...words)),
  ].join('');
}

/** What users kept, and how fast they are served now. */
function aftermathTiles(found: RunResult['aftermath']): readonly (readonly [string, string, string])[] {
  if (found === null) return [];
  const { sessions, cache, latency } = found;
  return [
    ['Sessions kept', `${sessions.kept} of ${sessions.shown}`, `${sessions.before} before; ${sessions.reauthentications} logged in again`],
    ['Answers from the cache', rateText(cache.hitRateAfter), `${rateText(cache.hitRateBefore)} before; ${cache.forgottenByEpoch} forgotten with the epoch`],
    ['p50 / p99', latencyText(latency.after), `${latencyText(latency.before)} before`],
  ];
}

/** Colours that keep their contrast on light and dark paper alike. */
const COLOURS = ['#2f7ed8', '#1a936f', '#8a6fbf'];
const BAD = '#d1495b';
const GREY = '#8a8f98';

function charts(traffic: readonly SecondOfTraffic[], faultAt: number): string {
  const start = traffic[0]?.at ?? faultAt;
  const seconds = traffic.map(({ at }) => Math.round((at - start) / 1000));
  const regions = [...new Set(traffic.flatMap(({ byRegion }) => Object.keys(byRegion)))].sort();
  const fault = { silent: true, symbol: 'none', label: { formatter: 'fault', color: BAD }, lineStyle: { color: BAD, type: 'dashed' as const }, data: [{ xAxis: String(Math.round((faultAt - start) / 1000)) }] };
  const requests = chart('Requests per second', seconds, [
    ...regions.map((region, index) => ({ name: region, type: 'line' as const, stack: 'served', areaStyle: { opacity: 0.35 }, lineStyle: { width: 1 }, symbol: 'none', color: COLOURS[index % COLOURS.length] ?? GREY, data: traffic.map(({ byRegion }) => byRegion[region] ?? 0), ...(index === 0 ? { markLine: fault } : {}) })),
    { name: 'failed', type: 'line' as const, symbol: 'none', lineStyle: { width: 2 }, color: BAD, data: traffic.map(({ failed }) => failed) },
  ]);
  const latency = chart('Latency of answered requests, ms', seconds, [
    { name: 'p50', type: 'line' as const, symbol: 'none', color: COLOURS[0] ?? GREY, data: traffic.map(({ p50Ms }) => round(p50Ms)), markLine: fault },
    { name: 'p99', type: 'line' as const, symbol: 'none', color: COLOURS[2] ?? GREY, data: traffic.map(({ p99Ms }) => round(p99Ms)) },
  ]);
  return `<figure>${requests}</figure><figure>${latency}</figure>`;
}

function chart(title: string, seconds: readonly number[], series: echarts.SeriesOption[]): string {
  const plot = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 880, height: 260 });
  plot.setOption({
    animation: false, backgroundColor: 'transparent', textStyle: { color: GREY, fontFamily: 'inherit' },
    title: { text: title, textStyle: { color: GREY, fontSize: 13, fontWeight: 'normal' }, left: 8, top: 4 },
    legend: { right: 8, top: 4, textStyle: { color: GREY } }, grid: { left: 52, right: 20, top: 44, bottom: 34 },
    xAxis: { type: 'category', data: seconds.map(String), name: 's', axisLine: { lineStyle: { color: GREY } }, boundaryGap: false },
    yAxis: { type: 'value', splitLine: { lineStyle: { color: GREY, opacity: 0.2 } }, axisLabel: { color: GREY } },
    series,
  });
  const svg = plot.renderToSVGString();
  plot.dispose();
  return svg.replace('<svg ', `<svg role="img" aria-label="${text(title)}" `);
}

function phaseTable(result: RunResult): string {
  const total = Object.values(result.phases).reduce((sum, seconds) => sum + seconds, 0) || 1;
  let before = 0;
  const rows = Object.entries(result.phases).map(([phase, seconds]) => {
    const bar = `<span class="bar" style="margin-left:${((before / total) * 100).toFixed(2)}%;width:${Math.max(0.4, (seconds / total) * 100).toFixed(2)}%"></span>`;
    before += seconds;
    return `<tr><th scope="row">${text(phase)}</th><td class="number">${seconds.toFixed(2)} s</td><td class="track">${bar}</td></tr>`;
  });
  return rows.length === 0 ? '<p>Nothing ran.</p>' : `<table class="phases"><tbody>${rows.join('')}</tbody></table>`;
}

const floorTable = ({ floor }: RunResult): string =>
  `<table><tbody>${floor.terms.map(({ term, seconds }) => `<tr><td class="number">${seconds.toFixed(2)} s</td><td>${text(term)}</td></tr>`).join('')}<tr class="sum"><td class="number">${floor.seconds.toFixed(2)} s</td><td>together</td></tr></tbody></table>`;

function databaseSection({ databases, pins = [] }: RunResult): string {
  if (databases === undefined) return '';
  const head = ['database', 'what', 'writer', 'epoch', 'without a write', 'acknowledged', 'lost', 'outside the window', 'writers'].map((name) => `<th scope="col">${name}</th>`).join('');
  const rows = databases.map((one) => `<tr><th scope="row">${text(one.database)}</th><td>${text(one.role)}</td><td>${text(one.untouched ? `${one.writerBefore}, untouched` : `${one.writerBefore} → ${one.writer ?? 'nobody'}`)}</td>${[one.epoch ?? 'none', `${one.writeDowntimeSeconds.toFixed(2)} s`, one.ackedWrites, one.lostAckedWrites, one.lostOutsideWindow, one.writersSeen].map((value) => `<td class="number">${value}</td>`).join('')}</tr>`).join('');
  const users = pins.map(({ home, users: count, repinned }) => `Of ${count} users at home in ${text(home)} ${repinned} were told another region.`).join(' ');
  return `<section><h2>The databases</h2><p>Each with a ledger of its own, counted as rows of its own two sides. ${users}</p><div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function oldWriterSection({ oldWriter: { deposedAt, returned, fence, clients, openForOthersSeconds } }: RunResult): string {
  if (deposedAt === null) return '';
  const head = ['client', 'permits', 'tried', 'taken', 'taken after it was closed'].map((name) => `<th scope="col">${name}</th>`).join('');
  const rows = clients.map((entry) => `<tr><th scope="row">${entry.kind}</th><td>${entry.keepsToPermits ? 'keeps to them' : 'ignores them'}</td><td class="number">${entry.attempted}</td><td class="number">${entry.accepted}</td><td class="number">${entry.acceptedAfterFence}</td></tr>`).join('');
  const closed = fence === null ? (returned === null ? 'It never came back.' : 'It was <b>not closed</b>.')
    : `Its region closed it ${(fence.secondsAfterReturn ?? fence.secondsAfterDeposition).toFixed(2)} s after ${returned === null ? 'the fence was proven' : 'its return'} and ended ${fence.sessionsEnded} sessions; until then it was open for ${openForOthersSeconds.toFixed(2)} s to clients that ignore permits.`;
  return `<section><h2>The old writer</h2><p>Writes sent to it after it was deposed, counted as rows of its own database. ${closed}</p><div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function journalTable(journal: readonly JournalEntry[], faultAt: number): string {
  const rows = [...journal].sort((left, right) => left.at - right.at).map((entry) => {
    const gates = (entry.gates ?? []).map((gate) => `<li class="${gate.passed ? 'good' : 'bad'}">${gate.passed ? '✓' : '✗'} <b>${text(gate.gate)}</b>: ${text(gate.value)} <span>(${text(gate.threshold)})</span></li>`).join('');
    return `<tr><td class="number">${((entry.at - faultAt) / 1000).toFixed(2)} s</td><th scope="row">${text(entry.step)}</th><td>${text(entry.kind)}</td><td>${text(entry.summary)}${gates === '' ? '' : `<ul class="gates">${gates}</ul>`}</td></tr>`;
  });
  return `<div class="scroll"><table class="journal"><thead><tr><th scope="col">after fault</th><th scope="col">step</th><th scope="col">kind</th><th scope="col">what</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

const STYLE = `
:root{color-scheme:light dark;--paper:#fbfbf9;--ink:#20242b;--soft:#666c76;--line:#e2e2dc;--card:#fff;--good:#12734f;--bad:#b3283d;--bar:#2f7ed8}
@media(prefers-color-scheme:dark){:root{--paper:#15181d;--ink:#e7e9ec;--soft:#9aa1ac;--line:#2c313a;--card:#1c2027;--good:#5fd0a4;--bad:#ff8a98;--bar:#6aa8ef}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:940px;margin:0 auto;padding:2.5rem 1.2rem 4rem}.kicker,footer,small,.tiles p{color:var(--soft)}.kicker{margin:0;font-size:.85rem}
h1{font-size:2.1rem;line-height:1.15;margin:.2rem 0 .6rem}h1 small{font-weight:400;font-size:1.1rem;margin-left:.4rem}h2{font-size:1.15rem;margin:2.4rem 0 .6rem}
.good{color:var(--good)}.bad{color:var(--bad)}.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(250px,1fr));gap:.8rem;margin-top:1.6rem}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.8rem 1rem}.tiles p{margin:0;font-size:.85rem;min-height:1.2em}.tiles strong{font-size:1.5rem;font-variant-numeric:tabular-nums}
figure{margin:0 0 1rem;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.4rem;overflow:hidden}figure svg{width:100%;height:auto;display:block}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top;font-weight:400}thead th{color:var(--soft);font-size:.85rem}
.number{font-variant-numeric:tabular-nums;white-space:nowrap;text-align:right;padding-right:1rem}.phases th{width:11rem}.phases .number{width:6rem}.track{padding-right:0}.bar{display:block;height:.7rem;margin-top:.45rem;background:var(--bar);border-radius:3px}
.sum td{font-weight:600;border-bottom:0}.checks,.gates{list-style:none;padding:0;margin:.2rem 0}.checks{columns:2 320px}.gates{font-size:.86rem}.gates span{color:var(--soft)}.scroll{overflow-x:auto}.journal{font-size:.92rem}.journal th[scope=row]{white-space:nowrap}
footer{margin-top:3rem;border-top:1px solid var(--line);font-size:.85rem}@media(max-width:600px){h1{font-size:1.6rem}.journal th[scope=row]{white-space:normal}}`;

const text = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const capital = (value: string): string => value.charAt(0).toUpperCase() + value.slice(1);
const round = (value: number): number => Math.round(value * 10) / 10;
