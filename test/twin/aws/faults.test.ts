// What goes wrong between a caller and a service: planted faults, cut regions, and listeners that close meanwhile.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ConnectionBrokenError } from '../../../twin/aws/server.ts';
import { ssmService } from '../../../twin/aws/services/ssm.ts';
import { EAST, openWorld, rejection, until, WEST, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld(({ clock }) => [ssmService({ clock, parameters: [{ region: WEST, name: '/a', value: 'west' }, { region: EAST, name: '/a', value: 'east' }] })]);
});
afterEach(() => world.close());

const get = new GetParameterCommand({ Name: '/a' });
const attempts = (): number => world.endpoint.calls.length;

describe('planted faults', () => {
  it('a throttle is retried by the SDK until it is spent', async () => {
    world.endpoint.fault({ service: 'ssm', operation: 'GetParameter', times: 2, code: 'ThrottlingException', message: 'Rate exceeded' });
    const answer = await new SSMClient(world.client(EAST)).send(get);
    expect(answer.Parameter?.Value).toBe('east');
    expect(answer.$metadata.attempts).toBe(3);
    expect(world.endpoint.calls.map(({ errorCode }) => errorCode)).toEqual(['ThrottlingException', 'ThrottlingException', undefined]);
  });
  it('a bare 503 is retried, too', async () => {
    world.endpoint.fault({ service: 'ssm', times: 1, status: 503 });
    expect((await new SSMClient(world.client(EAST)).send(get)).$metadata.attempts).toBe(2);
  });
  it('an error that is no throttle reaches the caller at once', async () => {
    world.endpoint.fault({ service: 'ssm', times: 1, code: 'AccessDeniedException', message: 'not allowed' });
    const error = await rejection(new SSMClient(world.client(EAST)).send(get));
    expect([error.name, error.message, attempts()]).toEqual(['AccessDeniedException', 'not allowed', 1]);
  });
  it('a hang ends with the caller\'s own time limit, and nothing was done', async () => {
    world.endpoint.fault({ service: 'ssm', times: 1, hang: true });
    const ssm = new SSMClient({ ...world.client(EAST), maxAttempts: 1, requestHandler: { requestTimeout: 100, throwOnRequestTimeout: true } });
    const error = await rejection(ssm.send(new PutParameterCommand({ Name: '/b', Value: '1', Type: 'String' })));
    expect(error.name).toBe('TimeoutError');
    expect(world.endpoint.calls[0]?.outcome).toBe('hung');
    expect((await rejection(new SSMClient(world.client(EAST)).send(new GetParameterCommand({ Name: '/b' })))).name).toBe('ParameterNotFound');
  });
  it('an answer dropped after acting: the blind retry of the SDK finds it done', async () => {
    world.endpoint.fault({ service: 'ssm', operation: 'PutParameter', times: 1, dropAnswerAfterActing: true });
    const error = await rejection(new SSMClient(world.client(EAST)).send(new PutParameterCommand({ Name: '/c', Value: '1', Type: 'String' })));
    expect(error.name).toBe('ParameterAlreadyExists');
    expect(world.endpoint.calls.map(({ outcome, errorCode }) => errorCode ?? outcome)).toEqual(['dropped', 'ParameterAlreadyExists']);
  });
  it('hits only the calls that match, and can be taken back', async () => {
    const take = world.endpoint.fault({ service: 'ssm', region: WEST, times: 100, code: 'AccessDeniedException' });
    await new SSMClient(world.client(EAST)).send(get);
    expect((await rejection(new SSMClient(world.client(WEST)).send(get))).name).toBe('AccessDeniedException');
    take();
    expect((await new SSMClient(world.client(WEST)).send(get)).Parameter?.Value).toBe('west');
  });
  it('refuses a fault that says nothing or too much', () => {
    expect(() => world.endpoint.fault({ service: 'ssm', times: 1 })).toThrow(RangeError);
    expect(() => world.endpoint.fault({ service: 'ssm', times: 1, hang: true, code: 'X' })).toThrow(RangeError);
    expect(() => world.endpoint.fault({ service: 'ssm', times: 0, hang: true })).toThrow(RangeError);
  });
});

describe('a cut region', () => {
  it('that refuses breaks the connection, and its neighbour still answers', async () => {
    world.network.cut(EAST, WEST, 'refuse');
    const error = await rejection(new SSMClient({ ...world.client(WEST, EAST), maxAttempts: 1 }).send(get));
    expect(error.message).toMatch(/hang up|ECONNRESET/);
    expect(world.endpoint.calls[0]).toMatchObject({ region: WEST, caller: EAST, outcome: 'refused' });
    expect((await new SSMClient(world.client(EAST)).send(get)).Parameter?.Value).toBe('east');
  });
  it('whose answers are lost has acted all the same', async () => {
    world.network.cut(WEST, EAST, 'refuse');
    await rejection(new SSMClient({ ...world.client(WEST, EAST), maxAttempts: 1 }).send(new PutParameterCommand({ Name: '/d', Value: '1', Type: 'String' })));
    expect((await new SSMClient(world.client(WEST)).send(new GetParameterCommand({ Name: '/d' }))).Parameter?.Value).toBe('1');
  });
  it('that is a black hole lets the caller wait, and answers when it is back', async () => {
    world.network.cut(EAST, WEST, 'black-hole');
    const waiting = new SSMClient(world.client(WEST, EAST)).send(get);
    await until(() => attempts() === 1);
    expect(world.endpoint.calls[0]?.outcome).toBe('pending');
    world.network.cut(EAST, WEST, 'open');
    expect((await waiting).Parameter?.Value).toBe('west');
  });
  it('breaks calls from within the process as well', async () => {
    world.network.cut(EAST, WEST, 'refuse');
    const error = await rejection(world.endpoint.call('ssm', 'GetParameter', { Name: '/a' }, { region: WEST, caller: EAST }));
    expect(error).toBeInstanceOf(ConnectionBrokenError);
  });
});

describe('closing', () => {
  it('ends hanging and idle connections', async () => {
    world.endpoint.fault({ service: 'ssm', times: 1, hang: true });
    const hanging = rejection(new SSMClient({ ...world.client(EAST), maxAttempts: 1 }).send(get));
    await until(() => attempts() === 1);
    await world.endpoint.close();
    expect((await hanging).message).toMatch(/hang up|ECONNRESET/);
  });
  it('one place leaves the others open', async () => {
    const extra = await world.endpoint.listen(EAST, '127.0.0.1');
    await extra.close();
    expect((await new SSMClient(world.client(EAST)).send(get)).Parameter?.Value).toBe('east');
    await expect(fetch(extra.url)).rejects.toThrow();
  });
});
