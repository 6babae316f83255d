// Files that were written to hurt, or by accident: each ends in a problem with a place, never in a crash or a hang.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkPlans, issueLine, parsePlans } from '../../../events/config.ts';
import { exampleText, exampleTree, exampleWith, leavesOf, setAt, shop } from './example.ts';

const messages = (text: string): string => checkPlans(text).errors.map((issue) => issueLine(issue, 'hotshift.yml')).join('\n');

describe('YAML', () => {
  test.each([
    ['nothing', '', '(document): must be a map'],
    ['a word', 'hello', '(document): must be a map'],
    ['a list', '[]', '(document): must be a map'],
    ['an open bracket', 'a: [1', 'the YAML cannot be read'],
    ['a tab', 'a:\n\tb: 1', 'indent with spaces'],
    ['two documents', `${exampleText}\n---\na: 1`, 'several documents'],
    ['a key twice', 'version: 1\nversion: 1', 'keep one of the two'],
    ['an unknown alias', 'a: *x', 'the alias *x has no anchor'],
    ['a custom tag', 'a: !!js/function "x"', 'remove the tag'],
    ['a binary tag', 'a: !!binary aGk=', 'the tag'],
    ['a list as a key', '? [a]\n: 1', 'not text'],
    ['a number as a key', '1: 2', 'not text'],
    ['no application', 'applications: {}', 'there is no application'],
    ['applications is null', 'applications:', 'must be a map'],
    ['an application is null', 'applications: {shop: }', 'applications.shop: must be a map'],
    ['deep nesting', `a: ${'['.repeat(200)}${']'.repeat(200)}`, 'nested deeper'],
    ['nesting that exhausts the stack', '['.repeat(200_000), 'nests deeper'],
    ['a huge file', `# ${'x'.repeat(300_000)}`, 'at most 262144 are read'],
  ])('%s', (_, text, expected) => {
    expect(messages(text)).toContain(expected);
  });

  test('an alias bomb is one problem, found quickly', () => {
    const levels = Array.from({ length: 12 }, (_, index) => `l${index + 1}: &l${index + 1} [${Array(10).fill(`*l${index}`).join(',')}]`);
    expect(messages(`l0: &l0 [x,x,x,x,x,x,x,x,x,x]\n${levels.join('\n')}`)).toMatch(/^\S+ .*aliases make the file larger/);
  });

  test('an alias that contains itself ends', () => {
    expect(messages('a: &a {b: *a}')).toMatch(/nested deeper|cannot be read/);
  });

  test.each(['__proto__', 'constructor', 'prototype'])('the key %s is refused wherever it stands', (key) => {
    expect(messages(`${key}: {polluted: 1}\n${exampleText}`)).toContain(`${key}: the key ${key} is refused`);
    expect(messages(exampleText.replace('budgets:', `budgets:\n      ${key}: {rpo: 1s}`))).toContain(`applications.shop.budgets.${key}: the key`);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('a small alias is followed, and problems inside it have a place', () => {
    const shared = exampleText.replace('          eu-west-1: { cluster: shop, service: web, baseline: 10 }', '          eu-west-1: &service { cluster: shop, service: web, baseline: 10 }')
      .replace('          eu-central-1: { cluster: shop, service: web, baseline: 10 }', '          eu-central-1: *service');
    expect(parsePlans(shared).applications).toEqual(parsePlans(exampleText).applications);
    expect(messages(shared.replace('baseline: 10', 'baseline: ten'))).toContain('eu-central-1.baseline: must be');
  });
});

describe('names', () => {
  // Cyrillic "o", full width, a joiner that cannot be seen, upper case, an underscore, a leading digit, 41 letters.
  test.each(['sh\u043ep', '\uff53hop', 'sh\u200dop', 'Shop', 'my_shop', '1shop', 'a'.repeat(41), ''])('the application name %j is refused', (name) => {
    const text = exampleText.replace('\n  shop:', `\n  ${JSON.stringify(name)}:`);
    expect(messages(text)).toContain('this key must be a lower-case letter');
    expect(messages(text)).not.toMatch(/[\u200d]/);
  });

  test('control characters of a value do not reach the terminal', () => {
    expect(messages(exampleWith(shop('urls.public'), 'https://x.example/\u001b[2J\u202e'))).not.toMatch(/[\u001b\u202e]/);
  });

  test.each([['xoxb-12-secret', 'notifications.slack.channel'], ['https://me:hunter2@shop.example.com/', 'urls.public'], ['AKIAIOSFODNN7EXAMPLE', 'databases.orders.databaseName\u0000']])(
    'a secret in the wrong place is not repeated: %s', (secret, path) => {
      const text = messages(exampleWith(shop(path.replace('\0', '')), path.endsWith('\0') ? `${secret} ` : secret));
      expect(text).toContain('a value that is not shown here');
      expect(text).not.toContain(secret);
    });
});

describe('any single field that is corrupted', () => {
  const leaves = leavesOf(exampleTree());
  const healthy = parsePlans(exampleText);
  const garbage = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 200 }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.maxSafeInteger(),
    fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean()), { maxLength: 3 }), fc.dictionary(fc.string({ maxLength: 9 }), fc.string(), { maxKeys: 3 }),
    fc.constantFrom('', '0s', '-5s', '5', '5 s', '1e9h', '999999999h', '~', 'NaN', '__proto__', 'us-east-1', 'http://', 'javascript:alert(1)', 'https://a b/', '0.0.0.0', '::', 'Z', 'eu-west-1', 'eu-west-2'),
  );

  test('is refused at its path, or accepted as what it says: never a crash, never a bare stack', () => {
    fc.assert(fc.property(fc.constantFrom(...leaves), garbage, (path, value) => {
      const tree = exampleTree();
      setAt(tree, path, value);
      const text = JSON.stringify(tree);
      const { plans, errors } = checkPlans(text);
      if (plans === undefined) {
        expect(errors.length).toBeGreaterThan(0);
        for (const issue of errors) {
          expect(issueLine(issue, 'f')).not.toMatch(/\n|    at |undefined|\[object/);
          expect(issue.fix).not.toBe('');
        }
        expect(errors.some((issue) => [issue.path, ...(issue.related ?? [])].some((at) => touches(at, path)))).toBe(true);
        return;
      }
      // Accepted: then the plan says what the field says and differs in nothing else.
      const changed = leavesOf(plans).filter((leaf) => JSON.stringify(read(plans, leaf)) !== JSON.stringify(read(healthy, leaf)));
      expect(changed.length).toBeLessThanOrEqual(2);
      for (const leaf of changed) expect(meansTheSame(read(plans, leaf), value)).toBe(true);
    }), { numRuns: 800 });
  });

  test('is refused when it is missing, unless it has a default', () => {
    for (const path of leaves) {
      const tree = exampleTree();
      setAt(tree, path, undefined);
      const { plans, errors } = checkPlans(JSON.stringify(tree, (_, entry: unknown) => (Array.isArray(entry) ? entry.filter((item) => item !== undefined) : entry)));
      if (plans === undefined) expect(errors.some((issue) => [issue.path, ...(issue.related ?? [])].some((at) => touches(at, path)))).toBe(true);
    }
  });

  test('any text at all is a problem or a plan', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.nat({ max: exampleText.length }), (noise, at) => {
      for (const text of [noise, exampleText.slice(0, at) + noise + exampleText.slice(at), exampleText.slice(0, at)]) {
        const { plans, errors } = checkPlans(text);
        expect(plans === undefined).toBe(errors.length > 0);
      }
    }), { numRuns: 200 });
  });
});

const touches = (left: readonly (string | number)[], right: readonly (string | number)[]): boolean =>
  left.slice(0, right.length).every((step, index) => String(step) === String(right[index]));

const read = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((at, step) => (at as Record<string | number, unknown> | undefined)?.[step], value);

/** Equal, or the identifier inside an ARN, or a duration in seconds. */
function meansTheSame(found: unknown, written: unknown): boolean {
  // JSON writes -0 as 0, and what is not finite as null, which is refused.
  if (found === written || (typeof found === 'number' && typeof written === 'number' && found === written + 0) || (typeof found === 'object' && JSON.stringify(found) === JSON.stringify(written))) return true;
  if (typeof found === 'string' && typeof written === 'string') return written.endsWith(`:${found}`);
  const [, amount, unit] = /^([\d.]+)(ms|s|m|h)$/.exec(String(written)) ?? [];
  return typeof found === 'number' && Math.abs(found - Number(amount) * ({ ms: 0.001, s: 1, m: 60, h: 3600 }[unit ?? ''] ?? Number.NaN)) < 0.001;
}
