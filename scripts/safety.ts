// `npm run safety`: the figures of docs/safety.md in one table: random schedules, stories, the model, guards, false alarms. What takes
// long is asked for in small and may be asked for in full: --runs, --years, --guards.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { readGuards } from './guards/list.ts';

const { values } = parseArgs({ options: {
  runs: { type: 'string', default: '1000' }, years: { type: 'string', default: '2' }, seed: { type: 'string', default: '1' }, guards: { type: 'boolean', default: false },
} });
const root = join(import.meta.dirname, '..');
const say = (what: string, figure: string): void => void process.stdout.write(`${what.padEnd(18)} ${figure}\n`);
const count = (number: number): string => number.toLocaleString('en');
const held: boolean[] = [];

/** Runs a script of the repository with this very Node; what it says goes by, its last lines are answered. */
async function ran(script: string, given: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  const child = spawn(process.execPath, [join(root, script), ...given], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number>((resolve, reject) => child.once('error', reject).once('close', (ended) => resolve(ended ?? 1)));
  return { code, text: Buffer.concat(chunks).toString('utf8') };
}

async function part(what: string, script: string, given: readonly string[], figure: (text: string) => string): Promise<void> {
  const { code, text } = await ran(script, given);
  held.push(code === 0);
  // A part that broke has said why on standard error, and has no figures.
  say(what, text.trim() === '' ? `no figures: ${script} ended with ${code}` : `${figure(text)}${code === 0 ? '' : '  FAILED'}`);
}

const stories = readdirSync(join(root, 'test/scenarios')).filter((name) => name.endsWith('.yaml'));
const harmless = stories.filter((name) => (parse(readFileSync(join(root, 'test/scenarios', name), 'utf8')) as { then: { destroyed?: string } }).then.destroyed === 'nothing');
say('stories', `${stories.length}, of which ${harmless.length} end with nothing destructive done (npm test -- test/scenarios)`);

interface Simulated { readonly schedules: number; readonly aMinute: number; readonly workers: number; readonly eventsEach: number; readonly violating: number; readonly outcomes: Readonly<Record<string, number>> }
await part('random schedules', 'scripts/simulate.ts', ['--json', '--runs', values.runs, '--seed', values.seed], (text) => {
  const found = JSON.parse(text) as Simulated;
  const outcomes = Object.entries(found.outcomes).map(([outcome, number]) => `${outcome} ${count(number)}`).join(', ');
  return `seeds ${values.seed} to ${Number(values.seed) + found.schedules - 1}: ${count(found.violating)} violations; ${outcomes}; ${count(found.aMinute)} a minute by ${found.workers} processes, ${count(found.eventsEach)} events each`;
});
await part('model', 'simulator/model/main.ts', [], (text) => {
  const [, states, transitions] = /together\s+([\d,]+)\s+([\d,]+)/.exec(text) ?? [];
  return `${states} states, ${transitions} transitions, no counterexample; ${text.split('\n').filter((line) => / moves {2}/.test(line)).length} rules taken away, each with a counterexample`;
});
const guards = readGuards(root);
if (values.guards) await part('guards', 'scripts/guards.ts', [], (text) => text.trim().split('\n').at(-1) ?? '');
else say('guards', `${guards.length} listed; npm run guards takes each away and demands that a test fails (or --guards here)`);
await part('false alarms', 'simulator/false-alarms/main.ts', ['--json', '--years', values.years, '--seed', values.seed, '--only'], (text) => {
  const { healthy } = JSON.parse(text) as { readonly healthy: { readonly failovers: readonly unknown[] } };
  return `${healthy.failovers.length} in ${values.years} simulated years of the default policy`;
});
process.exitCode = held.every(Boolean) ? 0 : 1;
