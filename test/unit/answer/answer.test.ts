// What health checkers are told: only the clear word "left" is a 200. Silence, strangers and a table that is gone lead nobody anywhere.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TryAgainError } from '../../../domain/errors.ts';
import type { SwitchStore, TrafficSwitch } from '../../../domain/ports.ts';
import { answer } from '../../../functions/answer/answer.ts';
import { askedAbout } from '../../../functions/answer/leaving.ts';

const application = 'shop';
const store = (glance: () => Promise<TrafficSwitch>): SwitchStore => ({ glance, read: () => Promise.reject(new Error('a health checker decides nothing')), set: () => Promise.reject(new Error('nor turns anything')) });
const asking = (glance: () => Promise<TrafficSwitch>) => answer({ switches: store(glance) }, [{ application }]);
const left: TrafficSwitch = { application, epoch: 3, evacuated: 'eu-west-1' };

describe('answer', () => {
  test('200 for the region that is left, 404 for the other one, and for both before anybody has turned it', async () => {
    const tell = asking(() => Promise.resolve(left));
    expect((await tell({ rawPath: '/left/shop/eu-west-1' })).statusCode).toBe(200);
    expect((await tell({ rawPath: '/left/shop/eu-central-1' })).statusCode).toBe(404);
    expect((await asking(() => Promise.resolve({ application, epoch: 0 }))({ rawPath: '/left/shop/eu-west-1' })).statusCode).toBe(404);
  });

  test('a stranger gets no read out of it', async () => {
    const tell = asking(() => Promise.reject(new Error('must not be read')));
    for (const rawPath of ['/', '/left/other/eu-west-1', '/left/shop', '/left/shop/eu-west-1/x', '/left/shop/%2e%2e', '/LEFT/shop/eu-west-1']) {
      expect((await tell({ rawPath })).statusCode).toBe(404);
    }
  });

  test('never 200 for what it cannot read as a region', () => {
    fc.assert(fc.property(fc.string(), (path) => {
      const found = askedAbout(path);
      if (found !== undefined) expect(path).toBe(`/left/${found.application}/${found.region}`);
    }));
  });

  test('a table that stops answering changes nothing; one that never answered is an error, which the inverted check takes for "serves"', async () => {
    let isUp = true;
    const tell = asking(() => (isUp ? Promise.resolve(left) : Promise.reject(new TryAgainError('no replica'))));
    expect((await tell({ rawPath: '/left/shop/eu-west-1' })).statusCode).toBe(200);
    isUp = false;
    expect((await tell({ rawPath: '/left/shop/eu-west-1' })).statusCode).toBe(200);
    await expect(asking(() => Promise.reject(new TryAgainError('no replica')))({ rawPath: '/left/shop/eu-west-1' })).rejects.toBeInstanceOf(TryAgainError);
  });
});
