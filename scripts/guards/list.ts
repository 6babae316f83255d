// The list of safety guards (test/guards/*.yaml) and its form. Each guard is a place in the sources that can be taken out. A text that
// does not occur exactly once is an error, so that the list cannot rot while the sources move on.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { parse } from 'yaml';

const removal = z.strictObject({ in: z.string(), replace: z.string().min(1), by: z.string() });
const named = { named: z.string().exactOptional() };
const proof = z.union([
  z.strictObject({ scenario: z.string() }),
  z.strictObject({ simulation: z.string(), ...named }),
  z.strictObject({ contract: z.string(), ...named }),
  z.strictObject({ unit: z.string(), ...named }),
]);
const guardForm = z.strictObject({
  /** A sentence that holds while the guard is there. */
  guard: z.string().min(10),
  /** The invariants of docs/safety.md that rest on it. */
  serves: z.string().regex(/^I\d+(, I\d+)*$/),
  /** One removal, or several where a guard stands twice on purpose. */
  without: z.array(removal).min(1),
  /** Each of these must fail by itself. */
  noticedBy: z.array(proof).min(1),
});

export type Removal = z.infer<typeof removal>;
export type Guard = z.infer<typeof guardForm>;
/** One run of Jest: a file, and the names of the tests in it. */
export interface Proof { readonly kind: 'scenario' | 'simulation' | 'contract' | 'unit'; readonly file: string; readonly pattern: string; readonly label: string }

export const SCENARIOS = 'test/scenarios/scenarios.test.ts';

export function readGuards(root: string): readonly Guard[] {
  const folder = join(root, 'test/guards');
  return readdirSync(folder).filter((name) => name.endsWith('.yaml')).sort()
    .flatMap((name) => z.array(guardForm).parse(parse(readFileSync(join(folder, name), 'utf8')), { error: () => `${name}: not a list of guards` }));
}

/** What is wrong with the list, in words; empty when nothing is. */
export function faultsOf(root: string, guards: readonly Guard[]): readonly string[] {
  const names = guards.map(({ guard }) => guard);
  const doubles = names.filter((name, index) => names.indexOf(name) !== index).map((name) => `"${name}" stands twice in the list`);
  return [...doubles, ...guards.flatMap((entry) => [
    ...entry.without.flatMap(({ in: file, replace }) => {
      const times = readFileSync(join(root, file), 'utf8').split(replace).length - 1;
      return times === 1 ? [] : [`"${entry.guard}": its text occurs ${times} times in ${file}, not once: ${replace}`];
    }),
    ...proofsOf(entry).filter(({ kind, label }) => kind === 'scenario' && !readdirSync(join(root, 'test/scenarios')).includes(`${label.replaceAll(' ', '-')}.yaml`))
      .map(({ label }) => `"${entry.guard}": there is no scenario "${label}"`),
  ])];
}

export const proofsOf = ({ noticedBy }: Guard): readonly Proof[] => noticedBy.map((entry) => {
  if ('scenario' in entry) {
    const label = entry.scenario.replaceAll('-', ' ');
    return { kind: 'scenario', file: SCENARIOS, pattern: `^scenarios ${label}$`, label };
  }
  const [[kind, file]] = Object.entries(entry) as [['simulation' | 'contract' | 'unit', string]];
  return { kind, file, pattern: entry.named ?? '', label: entry.named === undefined ? file : `${file}: ${entry.named}` };
});
