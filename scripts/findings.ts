// Writes the entries of all findings of `hotshift check --aws` into docs/runbook.md, between its markers, from the words of the
// catalogue. `node scripts/findings.ts`; a test refuses a runbook that is not up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE, FINDING_IDS, type Entry, type FindingId } from '../functions/rehearse/catalogue.ts';

const file = join(import.meta.dirname, '..', 'docs', 'runbook.md');
const START = '<!-- findings -->';
const END = '<!-- /findings -->';

/** The runbook with its entries as the catalogue has them. */
export function withFindings(text: string): string {
  const [before, rest] = text.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/runbook.md has no ${START} ... ${END}`);
  return `${before}${START}\n\n${entries()}\n\n${END}${after}`;
}

function entries(): string {
  const steps = [...new Set(FINDING_IDS.map((id) => CATALOGUE[id].step))];
  return steps.map((step) => [
    `### Findings at ${step.toLowerCase()}`, '',
    ...FINDING_IDS.filter((id) => CATALOGUE[id].step === step).map((id) => entry(id, CATALOGUE[id])),
  ].join('\n')).join('\n\n');
}

const entry = (id: FindingId, { severity, title, means, fix }: Entry): string => `- **\`${id}\`** (${severity}). ${title}. *Means:* ${means} *Fix:* ${fix}`;

if (import.meta.main) writeFileSync(file, withFindings(readFileSync(file, 'utf8')));
