// What people, drills and failbacks do to the world: start and answer workflows, ask what rings, put back what a fence revoked, make a
// replica of an old writer, read what applications read.
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect } from '@jest/globals';
import { alarmsOf } from '../../adapters/alarms.ts';
import { applicationValues } from '../../adapters/application-values.ts';
import { bucketInventory } from '../../adapters/inventory-bucket.ts';
import { databaseOf } from '../../adapters/database.ts';
import { executionsOf } from '../../adapters/executions.ts';
import { historiesOf } from '../../adapters/histories.ts';
import { databaseLocksOf } from '../../adapters/locks.ts';
import { recordArchiveOf } from '../../adapters/record-archive.ts';
import { replicasOf } from '../../adapters/replicas.ts';
import { RefusedByAwsError } from '../../domain/errors.ts';
import { refusal, until } from './acting-cases.ts';
import type { Case } from './port-contract.ts';
import { ALARMS, BUCKET, HERE, OPEN_BUCKET, PARAMETER, SECRET, THERE, type World } from './world.ts';

export function operatingCases(test: Case, world: () => World): void {
  workflowCases(test, world);
  alarmCases(test);
  reopeningCases(test, world);
  replicaCases(test, world);
  valueCases(test);
  recordCases(test, world);
}

function workflowCases(test: Case, world: () => World): void {
  const start = (name: string, input: unknown) => executionsOf().start(HERE, world().machineArn, name, input);

  test('workflows: one name and one input are one execution, however often it is asked for', async () => {
    const arn = await start('by-hand-1', { application: 'shop' });
    expect(arn).toBe(`${world().machineArn.replace(':stateMachine:', ':execution:')}:by-hand-1`);
    expect(await start('by-hand-1', { application: 'shop' })).toBe(arn);
  });
  test('workflows: the same name with another input is a clear no', async () => {
    await start('by-hand-2', { application: 'shop' });
    await refusal(start('by-hand-2', { application: 'bank' }), RefusedByAwsError, 'ExecutionAlreadyExists');
  });
  test('workflows: a state machine that is not there is a clear no', async () => {
    await refusal(executionsOf().start(HERE, `${world().machineArn}-of-nobody`, 'by-hand-3', {}), RefusedByAwsError, 'StateMachineDoesNotExist');
  });
  test('workflows: an answer that nobody waits for is a clear no, without the token in it', async () => {
    const answered = executionsOf().answer(HERE, 'AQCkAAAAtoken-that-nobody-has', { decision: 'approve' });
    await refusal(answered, RefusedByAwsError, 'does not wait for this answer any more');
    await expect(answered).rejects.not.toThrow(/token-that-nobody-has/);
  });
}

function alarmCases(test: Case): void {
  test('alarms: what rings is told by prefix and by name, what is calm is not, and what is not there counts as ringing', async () => {
    expect(await alarmsOf().ringing(HERE, 'hotshift-', [])).toEqual([{ name: ALARMS.ringing, reason: 'the contract says so' }]);
    expect((await alarmsOf().ringing(HERE, 'of-nobody-', [ALARMS.calm, ALARMS.ringing, 'no-such-alarm'])).map(({ name }) => name)).toEqual([ALARMS.ringing, 'no-such-alarm']);
    expect(await alarmsOf().ringing(THERE, 'hotshift-', [])).toEqual([]);
  });
}

function reopeningCases(test: Case, world: () => World): void {
  const locks = () => databaseLocksOf({ databaseTls: 'off' });

  test('network lock: what was revoked is put back as it was, and may be put back twice', async () => {
    const { database } = world();
    const rules = await locks().openRules(database, THERE);
    expect(rules).toEqual([{ protocol: 'tcp', fromPort: 5432, toPort: 5432, peer: { kind: 'ipv4', value: '10.0.0.0/8' }, description: 'application servers' }]);
    await locks().closeNetwork(database, THERE);
    expect(await locks().openRules(database, THERE)).toEqual([]);
    await locks().openNetwork(database, THERE, rules);
    await locks().openNetwork(database, THERE, rules);
    expect(await locks().openRules(database, THERE)).toEqual(rules);
  });
}

function replicaCases(test: Case, world: () => World): void {
  const ASIDE = 'orders-east-aside-1';
  const described = (identifier: string) => databaseOf({ databaseTls: 'off' }).describe({ ...world().database, instances: { [HERE]: { ...world().database.instances[HERE]!, identifier } } }, HERE);

  test('replicas: an old writer is set aside under another name, with nothing left under its own', async () => {
    await replicasOf().setAside(world().database, HERE, ASIDE);
    await until(() => described(ASIDE), (facts) => facts?.status === 'available');
    expect(await described('orders-east')).toBeUndefined();
  });
  test('replicas: a replica of the new writer is made under the planned name, like the one that was set aside', async () => {
    await replicasOf().create(world().database, HERE, THERE, ASIDE);
    const made = await until(() => described('orders-east'), (facts) => facts?.status === 'available');
    expect(made).toMatchObject({ identifier: 'orders-east', isReplica: true });
    expect(made?.sourceIdentifier).toContain('orders-west');
  });
  test('replicas: of an instance that is not there nothing is set aside', async () => {
    const nowhere = { ...world().database, instances: { [HERE]: { ...world().database.instances[HERE]!, identifier: 'no-such-database' } } };
    await refusal(replicasOf().setAside(nowhere, HERE, ASIDE), RefusedByAwsError, 'DBInstanceNotFound');
  });
}

function valueCases(test: Case): void {
  test('values that applications read: parameters of all paths and secrets, each with its place', async () => {
    const found = await applicationValues().list(HERE);
    expect(found).toContainEqual({ place: `parameter ${PARAMETER.name}`, text: PARAMETER.text });
    expect(found).toContainEqual({ place: `secret ${SECRET.id}`, text: SECRET.text });
    expect((await applicationValues().list(THERE)).filter(({ place }) => place.startsWith('parameter /shop'))).toEqual([]);
  });
}

function recordCases(test: Case, world: () => World): void {
  const account = '111122223333';
  const file = (key: string, text: string) => ({ bucket: BUCKET, account, key, text, contentType: 'application/json' });
  const read = async (Key: string): Promise<string | undefined> => (await new S3Client({ region: HERE }).send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body?.transformToString();

  test('records: a file is written once; a second one under its key changes nothing', async () => {
    const archive = recordArchiveOf(HERE);
    expect(await archive.put(file('records/shop/run-1.json', '{"first":"\u00e9"}'))).toBe('written');
    expect(await archive.put(file('records/shop/run-1.json', '{"second":1}'))).toBe('there');
    expect(await read('records/shop/run-1.json')).toBe('{"first":"\u00e9"}');
  });
  test('records: a bucket that is not there is a clear no', async () => {
    await refusal(recordArchiveOf(HERE).put({ ...file('records/shop/run-2.json', '{}'), bucket: 'hotshift-evidence-111122223333-nowhere' }), RefusedByAwsError, 'NoSuchBucket');
  });
  test('records: a bucket of another account takes nothing', async () => {
    await refusal(recordArchiveOf(HERE).put({ ...file('records/shop/run-3.json', '{}'), account: '444455556666' }), RefusedByAwsError, 'AccessDenied');
    await expect(read('records/shop/run-3.json')).rejects.toThrow(/key does not exist/);
  });
  test('records: lock and public access of a bucket are told, and that there is none', async () => {
    const { bucket } = bucketInventory();
    expect(await bucket(HERE, BUCKET)).toEqual({ isClosed: true, lock: { mode: 'governance', days: 400 } });
    expect(await bucket(HERE, OPEN_BUCKET)).toEqual({ isClosed: false });
    expect(await bucket(HERE, 'of-nobody')).toBeUndefined();
  });
  test('records: the history of an execution tells types and times, and one that is not there is a clear no', async () => {
    const arn = await executionsOf().start(HERE, world().machineArn, 'with-history', {});
    const found = await until(() => historiesOf(HERE).list(arn), (events) => events.length > 1);
    expect(found[0]).toMatchObject({ id: 1, previousId: 0, type: 'ExecutionStarted' });
    expect(JSON.stringify(found)).not.toContain('input');
    await refusal(historiesOf(HERE).list(`${arn}-of-nobody`), RefusedByAwsError, 'ExecutionDoesNotExist');
  });
}
