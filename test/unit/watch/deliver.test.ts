// The outbox: what is due is sent once, what fails comes again later and later, what helps nobody is given up.
import { describe, expect, test } from '@jest/globals';
import { RefusedByAwsError, TryAgainError } from '../../../domain/errors.ts';
import type { Announcement, Outbox, Undelivered } from '../../../domain/ports.ts';
import { deliver } from '../../../functions/watch/deliver.ts';
import { turn } from '../../../functions/watch/delivery.ts';
import { plan, start } from '../ports.ts';

const said = (key: string, more: Partial<Announcement> = {}): Announcement => ({ key, application: 'shop', incident: 'i', severity: 'page', title: key, lines: [], ...more });
const late = (key: string, more: Partial<Undelivered> = {}): Undelivered => ({ way: 'slack', announcement: said(key), dueAt: start, tries: 0, since: start, ...more });

class Box implements Outbox {
  readonly items = new Map<string, Undelivered>();
  readonly closed = new Map<string, string>();
  constructor(...items: readonly Undelivered[]) { for (const item of items) this.items.set(nameOf(item), item); }
  put = async (item: Undelivered) => void this.items.set(nameOf(item), item);
  due = async (_: string, now: number) => [...this.items.values()].filter(({ dueAt }) => dueAt <= now);
  take = async (item: Undelivered, dueAt: number) => {
    if (this.items.get(nameOf(item))?.tries !== item.tries) return false;
    this.items.set(nameOf(item), { ...item, dueAt, tries: item.tries + 1 });
    return true;
  };
  close = async (item: Undelivered, _: number, why: string) => { this.items.delete(nameOf(item)); this.closed.set(nameOf(item), why); };
}
const nameOf = ({ way, announcement }: Undelivered): string => `${way} ${announcement.key}`;
const ports = (outbox: Outbox, send: (way: string, key: string) => void = () => undefined, now = start) => {
  const sent: string[] = [];
  return { sent, ports: { outbox, clock: { now: () => now }, delivery: { deliver: async (_: unknown, way: string, { key }: Announcement) => { send(way, key); sent.push(`${way} ${key}`); } } } };
};

describe('a round', () => {
  test('two agents at one moment send each message once', async () => {
    const box = new Box(late('a'), late('b'));
    const [one, other] = [ports(box), ports(box)];
    await Promise.all([deliver(one.ports, plan), deliver(other.ports, plan)]);
    expect([...one.sent, ...other.sent].sort()).toEqual(['slack a', 'slack b']);
    expect([...box.closed.values()]).toEqual(['sent', 'sent']);
  });
  test('a way that is down is left alone for the round, the other one is not', async () => {
    const box = new Box(late('a'), late('b'), late('a', { way: 'pagerduty' }));
    const tried: string[] = [];
    const round = ports(box, (way, key) => { tried.push(`${way} ${key}`); if (way === 'slack') throw new TryAgainError('status 503'); });
    expect(await deliver(round.ports, plan)).toBe(1);
    expect([tried, round.sent]).toEqual([['slack a', 'pagerduty a'], ['pagerduty a']]);
    expect(box.items.get('slack a')).toMatchObject({ tries: 1, dueAt: start + 10_000 });
    expect(box.items.get('slack b')).toMatchObject({ tries: 0 });
  });
  test('a clear no is not repeated', async () => {
    const box = new Box(late('a'));
    await deliver(ports(box, () => { throw new RefusedByAwsError('channel_not_found'); }).ports, plan);
    expect([...box.closed.values()]).toEqual(['RefusedByAwsError: channel_not_found']);
  });
});

describe('when', () => {
  test.each([[0, 10], [1, 20], [3, 80], [5, 300], [20, 300]])('after %d tries, in %d s', (tries, seconds) => {
    expect(turn(late('a', { tries }), start)).toEqual({ kind: 'send', nextAt: start + seconds * 1000 });
  });
  test('a question whose time is over, and a message of two hours ago, are given up', () => {
    const question = { application: 'shop', execution: 'r', epoch: 1, evacuated: 'a', survivor: 'b', loss: '', until: start, needed: 1 };
    expect(turn(late('a', { announcement: said('a', { card: { question } }) }), start)).toMatchObject({ kind: 'give up' });
    expect(turn(late('a', { announcement: said('a', { card: { question } }) }), start - 1)).toMatchObject({ kind: 'send' });
    expect(turn(late('a', { since: start - 7_200_001 }), start)).toMatchObject({ kind: 'give up' });
  });
});
