// The result of a run in plain words for a terminal. Pure: text in, text out; colour only where the caller asks for it.
import { FAULT_TEXTS } from './settings.ts';
import type { RunResult } from './figures.ts';
import { latencyText, rateText } from './load/aftermath.ts';

const BAR_COLUMNS = 36;

export function summaryText(result: RunResult, colour: boolean): string {
  const paint = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const expected = FAULT_TEXTS[result.fault].ends;
  const outcomeColour = result.outcome === expected ? 32 : 31;
  const bad = Object.entries(result.invariants).filter(([, held]) => !held).map(([name]) => name);
  const floorRatio = result.floor.seconds > 0 ? result.writeDowntimeSeconds / result.floor.seconds : 0;
  return [
    '',
    `${paint(1, paint(outcomeColour, result.outcome))}  ${result.fault}: ${FAULT_TEXTS[result.fault].does}`,
    `  ${result.reason}`,
    '',
    ...phaseLines(result, paint),
    '',
    row('writes stood still', `${result.writeDowntimeSeconds.toFixed(2)} s`, expected === 'Failed over' ? `${floorRatio.toFixed(2)} x the floor of ${result.floor.seconds.toFixed(2)} s` : ''),
    ...(expected === 'Failed over' ? result.floor.terms.map(({ term, seconds }) => paint(2, `    ${seconds.toFixed(2).padStart(6)} s  ${term}`)) : []),
    row('reads stood still', `${result.readDowntimeSeconds.toFixed(2)} s`, ''),
    row('acknowledged writes', String(result.ackedWrites), `${result.lostAckedWrites} lost, each looked up by its id on the final writer`),
    row('reported loss window', result.reportedLoss === null ? 'none' : `${result.lossWindowSeconds.toFixed(1)} s`, result.reportedLoss === null ? '' : `${clock(result.reportedLoss.from)} to ${clock(result.reportedLoss.to)}; ${result.lostOutsideWindow} lost outside of it`),
    ...aftermathLines(result.aftermath),
    row('writers at one time', String(result.writersSeen), `read from both ${result.databases === undefined ? 'databases' : 'sides of each database'}`),
    ...databaseLines(result, paint),
    ...oldWriterLines(result.oldWriter, paint),
    ...failbackLines(result.failback, paint),
    row('invariants', bad.length === 0 ? paint(32, `${Object.keys(result.invariants).length} hold`) : paint(31, `BROKEN: ${bad.join(', ')}`), ''),
    ...result.messages.map((message) => `  told                   ${message.split('\n')[0] ?? ''}`),
    ...result.notes.map((note) => paint(33, `  note: ${note}`)),
    '',
    paint(2, '  Figures of this machine, not of AWS: a real RDS promotion takes minutes. They show logic, order and safety.'),
  ].join('\n');
}

/** What users kept, and how fast they are served now. */
function aftermathLines(found: RunResult['aftermath']): readonly string[] {
  if (found === null) return [];
  const { sessions, cache, latency } = found;
  return [
    row('sessions', `${sessions.kept} kept`, `of ${sessions.shown} that were shown again, ${sessions.before} before; ${sessions.reauthentications} logged in again`),
    row('cache hits', rateText(cache.hitRateAfter), `before ${rateText(cache.hitRateBefore)}; ${cache.forgottenByEpoch} answers forgotten with the epoch`),
    row('p50 / p99', latencyText(latency.after), `before ${latencyText(latency.before)}`),
  ];
}

/** Each database of several, and where users who are pinned to a region were led. */
function databaseLines({ databases = [], pins = [] }: RunResult, paint: (code: number, text: string) => string): readonly string[] {
  return [
    ...databases.map(({ database, role, writerBefore, writer, epoch, untouched, ackedWrites, lostAckedWrites, lostOutsideWindow, writersSeen, writeDowntimeSeconds }) => {
      const way = untouched ? `stays in ${writerBefore}, untouched` : `${writerBefore} -> ${writer ?? 'nobody'}`;
      const text = `    ${database.padEnd(12)} ${role.padEnd(20)} ${way}, epoch ${epoch ?? 'none'}; ${writeDowntimeSeconds.toFixed(2)} s without a write; ${lostAckedWrites} of ${ackedWrites} lost, ${lostOutsideWindow} outside the window; writers at one time: ${writersSeen}`;
      return paint(lostOutsideWindow > 0 || writersSeen > 1 ? 31 : 2, text);
    }),
    ...pins.map(({ home, users, served, repinned }) => paint(2, `    users at home in ${home}: ${users}, now served by ${Object.entries(served).map(([region, count]) => `${region} (${count})`).join(', ')}; ${repinned} re-pinned`)),
  ];
}

/** What the way home cost, beside what the failover had lost. */
function failbackLines(failback: RunResult['failback'], paint: (code: number, text: string) => string): readonly string[] {
  if (failback === null) return [];
  const { outcome, seconds, lostAckedWrites, acknowledgedWrites, writePauseSeconds, lostInFailover, listed, unlisted, file } = failback;
  return [
    row('failback', `${seconds.toFixed(2)} s`, paint(outcome === 'Failed back' ? 32 : 31, outcome) + `; writes paused for ${writePauseSeconds.toFixed(2)} s`),
    paint(lostAckedWrites > 0 ? 31 : 2, `    ${lostAckedWrites} of ${acknowledgedWrites} writes lost that were acknowledged during it`),
    paint(unlisted > 0 ? 31 : 2, `    ${lostInFailover} had been lost by the failover, ${listed} rows are listed${file === null ? '' : ` in ${file}`}`),
  ];
}

/** Who tried to write to the old writer after it was deposed, and what it took: rows of its own database, not answers. */
function oldWriterLines({ deposedAt, returned, fence, clients, openForOthersSeconds }: RunResult['oldWriter'], paint: (code: number, text: string) => string): readonly string[] {
  if (deposedAt === null) return [];
  const closed = fence === null ? paint(returned === null ? 2 : 31, returned === null ? 'it never came back' : 'NOT CLOSED')
    : `closed ${(fence.secondsAfterReturn ?? fence.secondsAfterDeposition).toFixed(2)} s after ${returned === null ? 'the fence' : 'its return'}, ${fence.sessionsEnded} sessions ended`;
  const open = clients.some(({ keepsToPermits, accepted }) => !keepsToPermits && accepted > 0) ? `; open for ${openForOthersSeconds.toFixed(2)} s to who ignores permits` : '';
  return [
    row('the old writer', '', `${returned === null ? '' : `${returned.how}; `}${closed}${open}`),
    ...clients.map(({ kind, keepsToPermits, attempted, accepted, acceptedAfterFence }) => {
      const bad = keepsToPermits ? accepted > 0 : acceptedAfterFence > 0;
      const text = `    ${kind.padEnd(12)} ${keepsToPermits ? 'keeps to permits ' : 'ignores permits  '} ${String(attempted).padStart(4)} writes tried, ${String(accepted).padStart(3)} taken${keepsToPermits ? '' : `, ${acceptedAfterFence} after it was closed`}`;
      return paint(bad ? 31 : 2, text);
    }),
  ];
}

function phaseLines(result: RunResult, paint: (code: number, text: string) => string): readonly string[] {
  const phases = Object.entries(result.phases);
  const total = phases.reduce((sum, [, seconds]) => sum + seconds, 0);
  let before = 0;
  return phases.map(([phase, seconds]) => {
    const start = Math.round((before / total) * BAR_COLUMNS);
    const length = Math.max(1, Math.round((seconds / total) * BAR_COLUMNS));
    before += seconds;
    return `  ${phase.padEnd(18)} ${seconds.toFixed(2).padStart(6)} s  ${paint(36, ' '.repeat(Math.min(start, BAR_COLUMNS - 1)) + '━'.repeat(Math.min(length, BAR_COLUMNS + 1 - Math.min(start, BAR_COLUMNS - 1))))}`;
  });
}

const row = (name: string, value: string, remark: string): string => `  ${name.padEnd(22)} ${value.padEnd(12)} ${remark}`.trimEnd();
const clock = (iso: string): string => iso.slice(11, 23);
