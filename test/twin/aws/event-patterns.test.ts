// Event patterns and target inputs on their own, by AWS's documented operators.
import { describe, expect, it } from '@jest/globals';
import { busEvent } from '../../../twin/aws/services/eventbridge/event.ts';
import { fits, parsePattern } from '../../../twin/aws/services/eventbridge/pattern.ts';
import { targetInput } from '../../../twin/aws/services/eventbridge/target-input.ts';

const event = busEvent({
  source: 'hotshift', detailType: 'Outage suspected', region: 'us-east-2', atMs: Date.parse('2026-03-01T00:00:00.789Z'), resources: ['arn:a', 'arn:b'],
  detail: { region: 'us-east-1', count: 3, ok: true, none: null, empty: '', address: '10.1.2.3', file: 'a/lib/b.png', tags: ['x', 'y'], votes: [{ place: 'w' }, { place: 'e' }], 'a.b': 'dotted', text: 'say "hi"' },
});
const detail = (pattern: unknown): boolean => fits(parsePattern(JSON.stringify({ detail: pattern })), event);

describe('patterns', () => {
  const cases: readonly (readonly [string, unknown, boolean])[] = [
    ['an equal text', { region: ['us-east-1'] }, true], ['one of several', { region: ['x', 'us-east-1'] }, true], ['another text', { region: ['US-EAST-1'] }, false],
    ['a number', { count: [3] }, true], ['a number is no text', { count: ['3'] }, false], ['a boolean', { ok: [true] }, true], ['null', { none: [null] }, true], ['the empty text', { empty: [''] }, true],
    ['all members must fit', { region: ['us-east-1'], count: [4] }, false],
    ['prefix', { region: [{ prefix: 'us-' }] }, true], ['suffix', { file: [{ suffix: '.png' }] }, true], ['prefix in any case', { region: [{ prefix: { 'equals-ignore-case': 'US-' } }] }, true],
    ['equals-ignore-case', { region: [{ 'equals-ignore-case': 'US-East-1' }] }, true],
    ['anything-but', { region: [{ 'anything-but': 'us-west-2' }] }, true], ['anything-but what it is', { region: [{ 'anything-but': ['us-west-2', 'us-east-1'] }] }, false],
    ['anything-but a number', { count: [{ 'anything-but': 3 }] }, false], ['anything-but a prefix', { region: [{ 'anything-but': { prefix: 'us-' } }] }, false],
    ['anything-but prefixes', { region: [{ 'anything-but': { prefix: ['eu-', 'ap-'] } }] }, true], ['anything-but a wildcard', { file: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, false],
    ['anything-but wants something to be there', { absent: [{ 'anything-but': 'x' }] }, false],
    ['numeric', { count: [{ numeric: ['>', 0, '<=', 3] }] }, true], ['numeric beyond', { count: [{ numeric: ['>', 3] }] }, false], ['numeric of a text', { region: [{ numeric: ['>', 0] }] }, false],
    ['exists', { region: [{ exists: true }] }, true], ['does not exist', { absent: [{ exists: false }] }, true], ['does not exist, deep', { absent: { deeper: [{ exists: false }] } }, true], ['exists, but should not', { region: [{ exists: false }] }, false],
    ['wildcard', { file: [{ wildcard: 'a/*.png' }] }, true], ['a dot is no wildcard', { file: [{ wildcard: 'a/*xpng' }] }, false], ['cidr', { address: [{ cidr: '10.0.0.0/8' }] }, true], ['another net', { address: [{ cidr: '192.168.0.0/16' }] }, false],
    ['one of a list', { tags: ['y'] }, true], ['none of a list', { tags: ['z'] }, false], ['one of a list of objects', { votes: { place: ['e'] } }, true], ['a key with a dot', { 'a.b': ['dotted'] }, true],
    ['$or, one holds', { $or: [{ region: ['x'] }, { count: [3] }] }, true], ['$or, none holds', { $or: [{ region: ['x'] }, { count: [4] }] }, false], ['$or and more', { $or: [{ region: ['x'] }, { count: [3] }], ok: [false] }, false],
  ];
  it.each(cases)('%s', (_name, pattern, expected) => expect(detail(pattern)).toBe(expected));
  it('of the envelope', () => {
    expect(fits(parsePattern('{"source":["hotshift"],"detail-type":["Outage suspected"],"account":[{"prefix":"1111"}],"resources":["arn:b"]}'), event)).toBe(true);
    expect(fits(parsePattern('{"source":["aws.rds"]}'), event)).toBe(false);
  });
  it.each(['', '[]', '{}', '{"source":"x"}', '{"source":[]}', '{"a":{}}', '{"a":[{"prefix":1}]}', '{"a":[{"near":"x"}]}', '{"a":[{"prefix":"x","suffix":"y"}]}', '{"a":[{"numeric":["~",1]}]}', '{"a":[{"exists":"yes"}]}', '{"a":[{"cidr":"10.0.0.0"}]}', '{"a":[{"anything-but":[]}]}'])('refuses %s', (text) => {
    expect(() => parsePattern(text)).toThrow(expect.objectContaining({ code: 'InvalidEventPatternException' }));
  });
});

describe('target inputs', () => {
  const rule = { arn: 'arn:rule', name: 'r' };
  const input = (target: Parameters<typeof targetInput>[0]): unknown => JSON.parse(targetInput(target, event, rule));

  it('all of the event, with AWS\'s envelope', () => {
    expect(input({})).toEqual({ ...event, version: '0', account: '111122223333', time: '2026-03-01T00:00:00Z' });
  });
  it('a constant, and a part', () => {
    expect(input({ Input: '{"a":1}' })).toEqual({ a: 1 });
    expect(input({ InputPath: '$.detail.votes[1].place' })).toBe('e');
  });
  it('a template: bare in strings, JSON elsewhere', () => {
    const target = { InputTransformer: {
      InputPathsMap: { region: '$.detail.region', count: '$.detail.count', text: '$.detail.text', all: '$.detail.votes', type: '$.detail-type' },
      InputTemplate: '{"message":"<type> of <region>: <text>","count":<count>,"votes":<all>,"rule":"<aws.events.rule-name>","at":<aws.events.event.ingestion-time>}',
    } };
    expect(input(target)).toEqual({ message: 'Outage suspected of us-east-1: say "hi"', count: 3, votes: [{ place: 'w' }, { place: 'e' }], rule: 'r', at: '2026-03-01T00:00:00Z' });
  });
  it('a template that gives no JSON is an error', () => {
    expect(() => targetInput({ InputTransformer: { InputTemplate: '{"a":<nobody>}' } }, event, rule)).toThrow(SyntaxError);
  });
});
