// `hotshift check --aws`: how findings are shown to people and to scripts, and how the command ends. AWS is a table of answers here.
import { describe, expect, test } from '@jest/globals';
import { RefusedByAwsError } from '../../../domain/errors.ts';
import type { Inventory } from '../../../domain/inventory.ts';
import type { AskAws } from '../../../cli/inspection.ts';
import { hotshift, now } from './memory.ts';

const escape = /\u001b/;
const METHODS = ['instance', 'parameters', 'replicaLagSeconds', 'keyState', 'zone', 'records', 'healthCheck', 'nameServers', 'table', 'bucket', 'secret', 'service', 'balancers', 'certificates', 'quota', 'concurrency', 'function', 'machine', 'rule', 'schedule', 'simulate', 'slackTrouble', 'drills'] as const;
const asking = (some: Partial<Inventory>, reason = 'denied'): AskAws => async () => ({
  clock: { now: () => now }, values: undefined,
  inventory: { ...Object.fromEntries(METHODS.map((name) => [name, () => Promise.reject(new RefusedByAwsError(`asked: ${reason}`))])) as unknown as Inventory, ...some },
});
const table = { status: 'ACTIVE', consistency: 'EVENTUAL', replicas: { 'eu-west-1': 'ACTIVE', 'eu-central-1': 'ACTIVE', 'eu-west-2': 'ACTIVE' }, isDeletionProtected: true, expiry: 'DISABLED', pointInTimeRecovery: 'ENABLED' };
const line = ['check', '--aws'] as const;

describe('check --aws', () => {
  test('shows each finding at its step with what was found and the fix, then what was not checked, then the verdict: 1', async () => {
    const { code, out } = await hotshift(line, { askAws: asking({ table: () => Promise.resolve(table) }) });
    expect(code).toBe(1);
    expect(out).toMatch(/^shop {2}eu-west-1 \+ eu-central-1, witness eu-west-2 {2}\d+ checks in eu-west-1, eu-central-1, eu-west-2, nothing was changed\n\nClaim lease\n {2}CRITICAL {2}The table is not strongly consistent/);
    expect(out).toContain('hotshift, eu-west-1  [table-not-strong]\n            found: MultiRegionConsistency is EVENTUAL\n            fix:   It is fixed at creation');
    expect(out).toMatch(/Not checked \(\d+\)\n/);
    expect(out).toContain('why:   asked: denied');
    expect(out.split('\n').at(-1)).toMatch(/^A failover of shop would not work today, or nobody knows that it would: \d+ critical, \d+ warnings, 2 to know/);
    expect(out).not.toMatch(escape);
  });
  test('has colours and wraps on a terminal only', async () => {
    const { out } = await hotshift(line, { askAws: asking({ table: () => Promise.resolve(table) }), colour: true, columns: 90 });
    expect(out).toMatch(escape);
    expect(out.split('\n').filter((text) => text.startsWith('                   ')).length).toBeGreaterThan(0);
  });
  test('one place only, as JSON', async () => {
    const asked: string[] = [];
    const { code, out } = await hotshift([...line, '--region', 'eu-central-1', '--json'], { askAws: asking({ table: (region) => { asked.push(region); return Promise.resolve(table); } }) });
    expect(code).toBe(1);
    expect(asked).toEqual(['eu-central-1']);
    const { applications: [shop] } = JSON.parse(out) as { applications: [{ places: string[]; critical: number; notChecked: number; findings: { id: string; region: string; severity: string }[] }] };
    expect(shop).toMatchObject({ application: 'shop', places: ['eu-central-1'] });
    expect(shop.findings.filter(({ id }) => id === 'table-not-strong')).toEqual([expect.objectContaining({ region: 'eu-central-1', severity: 'critical' })]);
    expect(shop.findings.filter(({ severity }) => severity === 'critical')).toHaveLength(shop.critical);
  });
  test('a place that is none: 2', async () => {
    expect(await hotshift([...line, '--region', 'us-east-1'], { askAws: asking({}) })).toMatchObject({ code: 2, remarks: expect.stringContaining('name one of: eu-west-1, eu-central-1, eu-west-2') });
  });
  test('without credentials nothing was asked: 4', async () => {
    expect(await hotshift(line, { askAws: asking({}, 'CredentialsProviderError: Could not load credentials') })).toMatchObject({ code: 4, out: '', remarks: expect.stringContaining('AWS was not asked') });
  });
  test('a file with errors is not held against AWS: 2', async () => {
    expect(await hotshift(line, { files: { 'hotshift.yml': 'applications: {}' }, askAws: asking({}) })).toMatchObject({ code: 2 });
  });
});
