// Packages all stacks offline: bundles each function, zips it with the compiled plan (same bytes for the same input), and lets
// osls make one CloudFormation template per region below dist/packages/<region>/.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zipSync } from 'fflate';
import { recordRates } from '../cost/record.ts';
import { compilePlans } from '../events/config.ts';
import { networkFile, readNetworks, SQL_FUNCTIONS } from '../resources/network.ts';
import { packagedOf } from '../resources/packaged.ts';
import { allRegions, configFile, isWitness, readPlans, tableTrouble } from '../resources/plans.ts';
import { bundle } from './bundle.ts';

const root = join(import.meta.dirname, '..');
/** Zip entries carry a time; a fixed one keeps unchanged code unchanged. DOS time begins in 1980. */
const FIXED_TIME = new Date('1980-01-02T00:00:00Z');

const plans = readPlans();
const networks = readNetworks(plans);
const bundles = await bundle();
mkdirSync(join(root, 'dist', 'zips'), { recursive: true });
// The rehearsal comes last: it carries the hashes of all others, to hold the deployment against them.
const REHEARSAL = 'rehearse';
/** It prices what an execution took, by the list of the day on which it was packaged. */
const ARCHIVE = 'archive';
const inOrder = [...bundles.filter(({ name }) => name !== REHEARSAL), ...bundles.filter(({ name }) => name === REHEARSAL)];
const entry = (content: Uint8Array) => [content, { mtime: FIXED_TIME, level: 9 }] as [Uint8Array, { mtime: Date; level: 9 }];
for (const { name, file } of inOrder) {
  const zip = zipSync({
    'index.cjs': entry(readFileSync(file)), 'hotshift.json': entry(Buffer.from(compilePlans(plans))),
    ...(name === ARCHIVE ? { 'rates.json': entry(Buffer.from(JSON.stringify(recordRates()))) } : {}),
    ...(name === REHEARSAL ? { 'packaged.json': entry(Buffer.from(JSON.stringify(packagedOf(plans, join(root, 'dist', 'zips'), REHEARSAL)))) } : {}),
  });
  writeFileSync(join(root, 'dist', 'zips', `${name}.zip`), zip);
  console.log(`${name.padEnd(10)} ${String(Math.round(zip.length / 1024)).padStart(5)} KB zipped`);
}
for (const region of allRegions(plans)) {
  const output = join(root, 'dist', 'packages', region);
  rmSync(output, { recursive: true, force: true });
  await promisify(execFile)(process.execPath, [join(root, 'node_modules', 'osls', 'bin', 'serverless.js'), 'package', '--region', region, '--package', output], {
    cwd: root, env: { ...process.env, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' },
  }).catch((error: unknown) => {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`osls package --region ${region} failed:\n${stdout ?? ''}${stderr ?? ''}`);
  });
  const template = JSON.parse(readFileSync(join(output, 'cloudformation-template-update-stack.json'), 'utf8')) as { Resources: Record<string, { Type: string }> };
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  console.log(`${region.padEnd(14)} ${types.length} resources, ${types.filter((type) => type === 'AWS::Lambda::Function').length} functions, ${types.filter((type) => type === 'AWS::IAM::Role').length} roles (from ${configFile()})`);
}
// What AWS or a failover would trip over later is said now; the templates are of use for a look at them all the same.
const trouble = tableTrouble(plans);
if (trouble !== undefined) console.log(`WARNING: AWS will refuse the table of ${configFile()}: ${trouble}`);
for (const region of allRegions(plans).filter((place) => !isWitness(place, plans) && networks[place] === undefined)) {
  console.log(`WARNING: ${networkFile()} has no network for ${region}: ${[...SQL_FUNCTIONS].join(', ')} run outside any VPC there and reach public databases only`);
}
