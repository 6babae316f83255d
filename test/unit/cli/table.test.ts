// The program as a process against a table over the wire: the real SDK client and adapters on both sides of the command line,
// the twin's DynamoDB in between. What a person changes here is what the steps read.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { intentStore } from '../../../adapters/intent-store.ts';
import { journal } from '../../../adapters/journal.ts';
import { leaseStore } from '../../../adapters/lease-store.ts';
import { observationStore } from '../../../adapters/observation-store.ts';
import { table } from '../../../adapters/table.ts';
import { authority } from '../../../domain/authority.ts';
import { dynamodbService } from '../../../twin/aws/services/dynamodb.ts';
import { openWorld, type World } from '../../twin/aws/world.ts';
import { execution, failedOver, running } from './journals.ts';
import { outage } from './memory.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
let world: World;
let endpoint: string;
let stores: { leases: ReturnType<typeof leaseStore>; journal: ReturnType<typeof journal> };

beforeAll(async () => {
  world = await openWorld(({ clock, network }) => [dynamodbService({ clock, network, tables: [{ name: 'hotshift', partitionKey: 'pk', sortKey: 'sk', regions: ['us-east-1'] }] })]);
  endpoint = String(world.client('us-east-1').endpoint);
  const shared = table(new DynamoDBClient(world.client('us-east-1')), 'hotshift');
  stores = { leases: leaseStore(shared), journal: journal(shared) };
  const { observations, intents, lease } = outage();
  await stores.leases.replace(await stores.leases.read('shop'), { ...lease, expiresAt: Date.now() + 600_000 });
  for (const observation of observations) await observationStore(shared).put({ ...observation, at: Date.now() });
  for (const intent of intents) await intentStore(shared).record(intent);
  for (const entry of [...failedOver, ...running]) await stores.journal.record(entry);
});
afterAll(() => world.close());

interface Ended { readonly code: number | null; readonly out: string; readonly remarks: string }

const hotshift = (...line: readonly string[]): Promise<Ended> => new Promise((resolve, reject) => {
  const { NODE_OPTIONS: _options, ...inherited } = process.env;
  const child = spawn(process.execPath, ['cli/main.ts', ...line, '--config', 'hotshift.example.yml', '--region', 'us-east-1'], {
    cwd: root, stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'twin', AWS_ENDPOINT_URL_DYNAMODB: endpoint },
  });
  let out = '';
  let remarks = '';
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { remarks += chunk.toString(); });
  child.on('error', reject);
  child.on('close', (code) => { resolve({ code, out, remarks }); });
});

test('status, why and report read what the steps wrote', async () => {
  const status = await hotshift('status', '--json');
  expect(status).toMatchObject({ code: 0, remarks: '' });
  expect(JSON.parse(status.out)).toMatchObject({ applications: [{ automatic: 'blocked', lease: { holder: 'shop-running', epoch: 8 }, openIntents: [{ database: 'orders' }] }] });
  const why = await hotshift('why', execution);
  expect(why).toMatchObject({ code: 0, remarks: '' });
  expect(why.out).toContain('Outcome  Failed over');
  expect(JSON.parse((await hotshift('report', execution, '--json')).out)).toMatchObject({ outcome: 'Failed over', workflowSeconds: 171.4, lossWindow: { seconds: 18 } });
});

test('a pause and an abort are obeyed by the rule of the steps, and resume takes the pause back', async () => {
  const rule = { ttlSeconds: 120, marginSeconds: 15 };
  const verdict = async () => authority(await stores.leases.read('shop'), 'shop-running', 8, rule, Date.now());
  expect((await verdict()).kind).toBe('granted');
  expect(await hotshift('pause', '--for', '1h', '--reason', 'test', '--by', 'ana')).toMatchObject({ code: 0, remarks: '' });
  expect(await verdict()).toMatchObject({ kind: 'stopped', reason: expect.stringContaining('ana (test)') });
  expect((await hotshift('resume', '--by', 'ana')).code).toBe(0);
  expect((await verdict()).kind).toBe('granted');
  expect((await hotshift('ack')).code).toBe(3);
  expect((await hotshift('abort', 'shop-running', '--by', 'ana')).code).toBe(0);
  expect((await verdict()).kind).toBe('stopped');
  const notes = (await stores.journal.list('shop-running')).filter((entry) => entry.step === 'Operator').map((entry) => entry.summary);
  expect(notes).toEqual([expect.stringMatching(/^paused until .* by ana \(test\)$/), expect.stringMatching(/^resumed by ana/), 'ana asked shop-running to stop']);
});
