// Keeps the example in docs/cost.md true: `node cost/document.ts` writes it anew from the example configuration, `--check` compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { costText } from '../cli/format/cost.ts';
import { styleOf } from '../cli/format/style.ts';
import { parsePlans } from '../events/config.ts';
import { givenAssumptions } from './given.ts';
import { standardPrices } from './prices.ts';
import { costReport, type CostReport } from './report.ts';

const root = join(import.meta.dirname, '..');
const FILE = join(root, 'docs', 'cost.md');
const REVENUE_PER_HOUR = 5000;

/** The report of the example configuration. */
export async function exampleReport(): Promise<CostReport> {
  const plans = parsePlans(readFileSync(join(root, 'hotshift.example.yml'), 'utf8'));
  const [plan] = plans.applications;
  if (plan === undefined) throw new Error('hotshift.example.yml has no application');
  return costReport({ plans, plan, prices: standardPrices(), ...givenAssumptions({ settings: [`business.revenuePerHour=${REVENUE_PER_HOUR}`] }) });
}

/** The document with the example and the list of assumptions in their places. */
export async function costDocument(text: string): Promise<string> {
  const report = await exampleReport();
  const shown = costText(report, styleOf(false), { lines: true, columns: undefined });
  const list = report.assumptions.map(({ name, value, why, yours }) => `| \`${name}\` | ${yours ? 'none' : value.toLocaleString('en-US')} | ${why} |`);
  return placed(placed(text, 'example', `\`\`\`text\n$ hotshift cost --config hotshift.example.yml --revenue-per-hour ${REVENUE_PER_HOUR} --lines --no-sources\n${shown}\n\`\`\``), 'assumptions', ['| name | value | why |', '|---|---|---|', ...list].join('\n'));
}

function placed(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`docs/cost.md has no place for ${name}: write ${open} and ${close}`);
  return `${text.slice(0, from + open.length)}\n${content}\n${text.slice(to)}`;
}

if (import.meta.main) {
  const text = readFileSync(FILE, 'utf8');
  const wanted = await costDocument(text);
  if (!process.argv.includes('--check')) writeFileSync(FILE, wanted);
  else if (text !== wanted) {
    console.error('docs/cost.md does not fit: node cost/document.ts');
    process.exitCode = 1;
  }
}
