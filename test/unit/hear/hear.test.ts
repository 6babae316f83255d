// What is heard and what follows: copies, late, double and contradictory answers, two people, silence that is no yes, commands.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { start } from '../ports.ts';
import { ANA, BEN, Channel, CHO, command, OPS, press, signed, TOKEN, value } from './channel.ts';

let channel: Channel;
beforeEach(() => { channel = new Channel(); });
afterEach(() => channel.close());
const by = (user: string, word = 'approve') => press({ user, value: value({ word }) });
const decisions = () => channel.answered.map(({ output }) => output);
const titles = () => channel.told.map(({ title }) => title);

describe('copies', () => {
  test('the same request again is heard no more, in whatever dress', async () => {
    await channel.open(2);
    expect((await channel.hear(signed(by(ANA)))).statusCode).toBe(200);
    const before = channel.state();
    for (const copy of [signed(by(ANA)), signed(by(ANA), { base64: false }), signed(by(ANA), { headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } })]) {
      expect((await channel.hear(copy)).statusCode).toBe(409);
    }
    channel.now += 299_000;
    expect((await channel.hear(signed(by(ANA)))).statusCode).toBe(409);
    channel.now += 2000;
    expect((await channel.hear(signed(by(ANA)))).statusCode).toBe(401);
    expect(channel.state()).toBe(before);
  });
  test('ten copies at one moment have one effect', async () => {
    await channel.open();
    const answers = await Promise.all(Array.from({ length: 10 }, () => channel.hear(signed(by(ANA)))));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, ...Array<number>(9).fill(409)]);
    expect(decisions()).toEqual([{ decision: 'approve', by: 'ana' }]);
  });
});

describe('answers', () => {
  test('a yes goes on, is journaled, and the card says who and has no buttons any more', async () => {
    await channel.open();
    await channel.hear(signed(by(ANA)));
    expect((await channel.stores.journal.list('run-1')).at(-1)).toMatchObject({ step: 'Operator', epoch: 4, summary: 'approve by ana (Slack)' });
    expect(channel.told.at(-1)).toMatchObject({ title: 'Approved by ana', pager: 'acknowledge', incident: 'incident-1', card: { question: null, decided: 'approved by ana' } });
  });
  test('contradictory: the first stands, the second is told so', async () => {
    await channel.open();
    await channel.hear(signed(by(ANA, 'deny')));
    await channel.hear(signed(by(BEN)));
    expect(decisions()).toEqual([{ decision: 'deny', by: 'ana' }]);
    expect(channel.told.at(-1)).toMatchObject({ title: 'ben pressed approve: too late', card: { decided: 'denied by ana stands; approve of ben came later' } });
  });
  test('double: the same person again hands the same answer over again, for the first may have been lost', async () => {
    await channel.open();
    await channel.hear(signed(by(ANA)));
    channel.now += 1000;
    await channel.hear(signed(by(ANA), { at: channel.now }));
    expect(decisions()).toEqual(Array(2).fill({ decision: 'approve', by: 'ana' }));
  });
  test('late: the execution waits no more', async () => {
    await channel.open();
    channel.waits = false;
    await channel.hear(signed(by(ANA)));
    expect(channel.told.at(-1)).toMatchObject({ title: 'ana pressed approve: too late', card: { question: null, refused: [expect.stringContaining('does not wait')] } });
  });
  test('two people: one is not two, and the second decides', async () => {
    await channel.open(2);
    await channel.hear(signed(by(ANA)));
    await channel.hear(signed(by(ANA), { at: start + 1000 }));
    expect(decisions()).toEqual([]);
    await channel.hear(signed(by(BEN)));
    expect(decisions()).toEqual([{ decision: 'approve', by: 'ana and ben' }]);
    expect(titles()).toEqual(['ana says yes; 2 people must', 'Approved by ana and ben']);
  });
  test('one no is enough where two must say yes', async () => {
    await channel.open(2);
    await channel.hear(signed(by(ANA)));
    await channel.hear(signed(by(BEN, 'deny')));
    expect(decisions()).toEqual([{ decision: 'deny', by: 'ben' }]);
  });
  test('whoever started it does not approve it, and may stop it', async () => {
    await channel.open(1, 'cho');
    await channel.hear(signed(by(CHO)));
    expect(decisions()).toEqual([]);
    expect(channel.told.at(-1)).toMatchObject({ title: 'approve of cho does not count', card: { refused: ['approve of cho: cho started it: somebody else must agree'] } });
    await channel.hear(signed(by(CHO, 'deny')));
    expect(decisions()).toEqual([{ decision: 'deny', by: 'cho' }]);
  });
  test('hold answers nothing and keeps the buttons; somebody decides later', async () => {
    await channel.open();
    await channel.hear(signed(by(ANA, 'hold')));
    expect(decisions()).toEqual([]);
    expect(await channel.stores.approvals.held('run-1', 'shop')).toBe('ana');
    expect(channel.told.at(-1)?.card).not.toHaveProperty('question');
    await channel.hear(signed(by(BEN)));
    expect(await channel.stores.approvals.held('run-1', 'shop')).toBeUndefined();
    expect(decisions()).toEqual([{ decision: 'approve', by: 'ben' }]);
  });
  test('the person who may not is named to everybody, once', async () => {
    await channel.open();
    for (const at of [start, start + 1000, start + 2000]) await channel.hear(signed(by(OPS), { at }));
    expect(channel.told.map(({ title, severity }) => [title, severity])).toEqual([['approve was refused', 'warning']]);
  });
  test('a table that takes longer than Slack waits: Slack is told so, and the answer still counts', async () => {
    await channel.open();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => { release = resolve; });
    const { take } = channel.stores.answers;
    Object.assign(channel.stores.answers, { take: async (answer: Parameters<typeof take>[0]) => { await held; return take(answer); } });
    expect(await channel.hear(signed(by(ANA)), 20)).toMatchObject({ statusCode: 200, body: expect.stringContaining('takes longer') });
    release();
    for (let turn = 0; turn < 200 && channel.answered.length === 0; turn += 1) await new Promise((resolve) => { setTimeout(resolve, 20); });
    expect(channel.answered).toEqual([{ region: 'eu-central-1', taskToken: TOKEN, output: { decision: 'approve', by: 'ana' } }]);
  });
});

describe('commands', () => {
  const say = async (text: string, user = ANA) => JSON.parse((await channel.hear(signed(command(text, { user })))).body) as { response_type: string; text: string };

  test('status: to whoever asks, what stands in the way and who sees what', async () => {
    await channel.open();
    expect(await say('status', 'U0ANYBODY1')).toEqual({ response_type: 'ephemeral', text: expect.stringMatching(/automatic failover is blocked[\s\S]*run-1 holds the lease[\s\S]*eu-west-1: never seen from/) });
  });
  test('why: the gates that did not pass and what people said, of this application only', async () => {
    await channel.open();
    await channel.stores.journal.record({ execution: 'run-1', application: 'shop', at: start + 2000, step: 'Verify outage', kind: 'gate', summary: 'no', gates: [{ gate: 'quorum', passed: false, value: '1 <of> 3', threshold: '2 of 3' }] });
    await channel.stores.journal.record({ execution: 'run-9', application: 'payroll', at: start, step: 'Operator', kind: 'decision', summary: 'secret plans' });
    expect((await say('why')).text).toContain('NO quorum: found 1 &lt;of&gt; 3; needed 2 of 3');
    expect((await say('why run-9')).text).toBe('nothing is journaled under run-9');
  });
  test('pause and resume change the control item, for all to see, and are journaled in what runs', async () => {
    await channel.open();
    expect(await say('pause shop 30m deploying <!here>', OPS)).toEqual({ response_type: 'in_channel', text: expect.stringMatching(/paused until .* by olu \(deploying &lt;!here&gt;\)/) });
    expect(await channel.stores.leases.read('shop')).toMatchObject({ pausedUntil: start + 1_800_000, pausedBy: 'olu (deploying <!here>)' });
    expect((await channel.stores.journal.list('run-1')).at(-1)?.summary).toMatch(/paused until .*\(Slack\)/);
    await say('resume');
    expect(await channel.stores.leases.read('shop')).not.toHaveProperty('pausedUntil');
  });
  test('ack: when it has ended, and the pager is quiet', async () => {
    await channel.open();
    const lease = await channel.stores.leases.read('shop');
    const { holder: _, ...rest } = lease;
    await channel.stores.leases.replace(lease, rest);
    expect((await say('ack')).response_type).toBe('in_channel');
    expect(await channel.stores.leases.read('shop')).toMatchObject({ acknowledgementDue: false });
    expect(channel.told.at(-1)).toMatchObject({ pager: 'resolve', incident: 'incident-1' });
  });
  const freed = async (): Promise<void> => {
    const { holder: _, ...rest } = await channel.stores.leases.read('shop');
    await channel.stores.leases.replace(await channel.stores.leases.read('shop'), { ...rest, expiresAt: start, acknowledgementDue: false });
  };
  test('drill: said once it tells what would happen, said with "now" it is started, for all to see and in its journal', async () => {
    await channel.open();
    await freed();
    const before = channel.state();
    expect(await say('drill', 'U0ANYBODY1')).toEqual({ response_type: 'ephemeral', text: expect.stringMatching(/eu-west-1: no good drill has left it/) });
    expect(await say('drill shop eu-west-1', 'U0ANYBODY1')).toEqual({ response_type: 'ephemeral', text: 'This moves all users of shop to eu-central-1, and back.\nTo start it: `/hotshift drill shop eu-west-1 now`' });
    expect(channel.state()).toBe(before);
    expect(await say('drill shop eu-west-1 now', OPS)).toEqual({ response_type: 'in_channel', text: expect.stringContaining('olu starts a drill: This moves all users') });
    expect(channel.started).toEqual([expect.objectContaining({ region: 'eu-central-1', arn: expect.stringMatching(/:eu-central-1:.*hotshift-drill$/), input: { application: 'shop', mode: 'traffic', evacuate: 'eu-west-1', requestedBy: 'olu' } })]);
    expect(await channel.stores.journal.list(channel.started[0]!.name)).toEqual([expect.objectContaining({ step: 'Operator', summary: 'traffic drill that leaves eu-west-1 started by olu (Slack)' })]);
  });
  test('drill of a switchover: by an approver, in the witness', async () => {
    await channel.open();
    await freed();
    expect((await say('drill eu-west-1 switchover now', OPS)).text).toContain('is not one of those who may');
    expect(channel.started).toEqual([]);
    expect((await say('drill eu-west-1 switchover now')).response_type).toBe('in_channel');
    expect(channel.started).toEqual([expect.objectContaining({ region: 'eu-west-2', arn: expect.stringMatching(/hotshift-failback$/), input: { application: 'shop', drill: true, home: 'eu-central-1', requestedBy: 'ana' } })]);
  });
  test('a drill that the lease refuses is refused before it is started', async () => {
    await channel.open();
    expect((await say('drill eu-west-1')).text).toContain('It would be refused now: run-1 holds the lease');
    expect(await say('drill eu-west-1 now')).toEqual({ response_type: 'ephemeral', text: expect.stringContaining('refused: run-1 holds the lease') });
    expect(channel.started).toEqual([]);
  });
  test.each(['', 'help', 'drill', 'elephant', 'status elsewhere', 'pause 30m'])('"%s" is answered and changes nothing', async (text) => {
    await channel.open();
    const before = channel.state();
    expect(await say(text)).toMatchObject({ response_type: 'ephemeral', text: expect.stringMatching(/hotshift/) });
    expect(channel.state()).toBe(before);
  });
});
