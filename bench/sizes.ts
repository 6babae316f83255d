// The bundles as they are deployed: their size against the budget, and how long Node takes to load each of them, which is the part of a
// cold start that the code decides (AWS's own part is not measured here).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../scripts/bundle.ts';
import { simulatedPlan } from '../simulator/plan.ts';
import { median } from './statistics.ts';

export const BUDGET_KILOBYTES = 300;
export interface Size { readonly name: string; readonly kilobytes: number; readonly loadMs: number | undefined; readonly largest: string }

/** Loads a bundle in a process of its own and prints how long that took; what a handler wants of its environment is given. */
const LOADER = 'const begun = performance.now(); require(process.argv[1]); process.stdout.write(String(performance.now() - begun)); process.exit(0);';

export async function measureSizes(loads: number): Promise<readonly Size[]> {
  const directory = mkdtempSync(join(tmpdir(), 'hotshift-sizes-'));
  try {
    const bundles = await bundle(join(directory, 'functions'));
    // As the package has it beside the code.
    const configFile = join(directory, 'hotshift.json');
    writeFileSync(configFile, JSON.stringify({ applications: [simulatedPlan()] }));
    return bundles.map(({ name, file, sizeKilobytes }) => ({
      name, kilobytes: sizeKilobytes, largest: largestOf(join(directory, 'functions', name, 'meta.json')),
      loadMs: median(Array.from({ length: loads }, () => loadMs(file, configFile)).filter((ms) => ms !== undefined)),
    })).sort((one, other) => other.kilobytes - one.kilobytes);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function loadMs(file: string, configFile: string): number | undefined {
  const { stdout, status } = spawnSync(process.execPath, ['-e', LOADER, file], {
    encoding: 'utf8', timeout: 30_000,
    env: { PATH: process.env['PATH'], AWS_REGION: 'eu-west-1', AWS_LAMBDA_FUNCTION_NAME: 'hotshift', HOTSHIFT_TABLE: 'hotshift', HOTSHIFT_CONFIG_FILE: configFile },
  });
  const found = Number(stdout);
  return status === 0 && stdout !== '' && Number.isFinite(found) ? found : undefined;
}

/** The package that takes the most room in a bundle. */
function largestOf(file: string): string {
  const { outputs } = JSON.parse(readFileSync(file, 'utf8')) as { readonly outputs: Record<string, { readonly inputs: Record<string, { readonly bytesInOutput: number }> }> };
  const byPackage = new Map<string, number>();
  for (const [input, { bytesInOutput }] of Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(input)?.[1] ?? 'our own';
    byPackage.set(name, (byPackage.get(name) ?? 0) + bytesInOutput);
  }
  return [...byPackage].sort(([, one], [, other]) => other - one).slice(0, 3).map(([name, bytes]) => `${name} ${Math.round(bytes / 1024)}`).join(', ');
}
