// DynamoDB's expressions on their own: conditions, updates, projections, numbers. No server.
import { describe, expect, it } from '@jest/globals';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { parseCondition } from '../../../twin/aws/services/dynamodb/conditions.ts';
import { holds } from '../../../twin/aws/services/dynamodb/evaluation.ts';
import { addNumbers, compareNumbers, normalNumber, subtractNumbers } from '../../../twin/aws/services/dynamodb/numbers.ts';
import { Placeholders } from '../../../twin/aws/services/dynamodb/placeholders.ts';
import { parseProjection } from '../../../twin/aws/services/dynamodb/projection.ts';
import { parseUpdate, updated } from '../../../twin/aws/services/dynamodb/updates.ts';
import type { Item } from '../../../twin/aws/services/dynamodb/values.ts';

const item: Item = {
  n: { N: '10' }, s: { S: 'hello' }, b: { B: new Uint8Array([1, 2, 3]) }, yes: { BOOL: true }, nothing: { NULL: true },
  tags: { SS: ['x', 'y'] }, many: { L: [{ N: '1' }, { S: 'two' }, { M: { deep: { N: '3' } } }] }, doc: { M: { a: { N: '1' }, 'b.c': { S: 'dotted' } } },
};
const values: Record<string, AttributeValue> = {
  ':ten': { N: '10.0' }, ':nine': { N: '9' }, ':h': { S: 'he' }, ':x': { S: 'x' }, ':two': { S: 'two' }, ':type': { S: 'SS' }, ':tags': { SS: ['y', 'x'] }, ':bytes': { B: new Uint8Array([2, 3]) },
};
const names = { '#dotted': 'b.c', '#n': 'n' };
const condition = (text: string): boolean => holds(parseCondition(text, new Placeholders(names, values)), item);

describe('conditions', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['#n = :ten', true], ['n <> :ten', false], ['n > :nine', true], ['n < :nine', false], ['n >= :ten AND n <= :ten', true],
    // Text is no number; what is absent differs from everything and is in no order.
    ['s > :nine', false], ['absent = :ten', false], ['absent <> :ten', true], ['absent < :ten', false], ['NOT absent = :ten', true],
    ['attribute_exists(doc.a)', true], ['attribute_exists(doc.#dotted)', true], ['attribute_exists(doc.z)', false], ['attribute_not_exists(many[2].deep)', false], ['attribute_not_exists(many[9])', true],
    ['begins_with(s, :h)', true], ['contains(s, :h)', true], ['contains(tags, :x)', true], ['contains(many, :two)', true], ['contains(b, :bytes)', true], ['begins_with(b, :bytes)', false],
    ['attribute_type(tags, :type)', true], ['tags = :tags', true], ['size(s) < :nine', true], ['size(many) > :nine', false], ['size(n) > :nine', false],
    ['n BETWEEN :nine AND :ten', true], ['n IN (:nine, :ten)', true], ['s IN (:x)', false],
    // NOT binds before AND, AND before OR; BETWEEN takes its own AND.
    ['n = :ten OR n = :nine AND n = :nine', true], ['(n = :ten OR n = :nine) AND n = :nine', false], ['NOT n = :nine AND n = :ten', true], ['n BETWEEN :nine AND :ten AND n = :nine', false],
    ['not n = :nine and begins_with (s,:h)', true],
  ];
  it.each(cases)('%s is %s', (text, expected) => expect(condition(text)).toBe(expected));

  it.each(['', 'n', 'n =', 'n = :ten AND', '(n = :ten', 'n = :ten)', 'nope(n)', 'attribute_exists()', 'n IN ()', 'n BETWEEN :nine', 'many[x] = :ten', 'n = "text"', 'n ! :ten'])('refuses %s', (text) => {
    expect(() => condition(text)).toThrow(expect.objectContaining({ code: 'ValidationException' }));
  });
});

describe('updates', () => {
  const change = (text: string, more: Record<string, AttributeValue> = {}): Item => updated(item, parseUpdate(text, new Placeholders(names, { ...values, ...more })));

  it('sets, adds and removes, all from the item as it was', () => {
    const next = change('SET a = n, n = n + :nine, doc.#dotted = :x REMOVE s, many[0] ADD tags :new DELETE doc.absent :tags', { ':new': { SS: ['z', 'x'] } });
    expect(next).toMatchObject({ a: { N: '10' }, n: { N: '19' }, doc: { M: { 'b.c': { S: 'x' } } }, tags: { SS: ['x', 'y', 'z'] } });
    expect(next['s']).toBeUndefined();
    expect(next['many']?.L?.[0]).toEqual({ S: 'two' });
    expect(item['n']).toEqual({ N: '10' });
  });
  it('removes several elements of a list by their old indexes', () => expect(change('REMOVE many[0], many[1]')['many']?.L).toEqual([{ M: { deep: { N: '3' } } }]));
  it('if_not_exists and list_append', () => {
    const next = change('SET z = if_not_exists(z, :nine) + :ten, many = list_append(many, :more)', { ':more': { L: [{ S: 'end' }] } });
    expect(next['z']).toEqual({ N: '19' });
    expect(next['many']?.L?.at(-1)).toEqual({ S: 'end' });
  });
  it('a set that loses its last member is gone', () => expect(change('DELETE tags :tags')['tags']).toBeUndefined());
  it.each(['SET a', 'SET a = :ten SET b = :ten', 'NOPE a', 'ADD s :ten', 'SET a = absent', 'SET a.b = :ten', 'SET doc = :ten, doc.a = :ten', 'SET s = s + :ten', 'ADD n :h', 'DELETE n :ten', 'SET a = list_append(s, s)'])('refuses %s', (text) => {
    expect(() => change(text)).toThrow(expect.objectContaining({ code: 'ValidationException' }));
  });
});

it('projections keep the named parts', () => {
  const project = parseProjection('#n, doc.a, many[2].deep, many[0], absent', new Placeholders(names));
  expect(project(item)).toEqual({ n: { N: '10' }, doc: { M: { a: { N: '1' } } }, many: { L: [{ N: '1' }, { M: { deep: { N: '3' } } }] } });
});

describe('numbers', () => {
  it('are decimals, not floats', () => {
    expect(addNumbers('0.1', '0.2')).toBe('0.3');
    expect(addNumbers('9007199254740993', '1')).toBe('9007199254740994');
    expect(['1.0', '1e2', '-0', '.5', '0.00', '-1.50', '1E-3'].map(normalNumber)).toEqual(['1', '100', '0', '0.5', '0', '-1.5', '0.001']);
  });
  it('agree with integers in order, sum and difference', () => {
    const whole = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
    fc.assert(fc.property(whole, whole, (left, right) => {
      expect(addNumbers(String(left), String(right))).toBe(String(left + right));
      expect(subtractNumbers(String(left), String(right))).toBe(String(left - right));
      expect(compareNumbers(String(left), String(right))).toBe(left < right ? -1 : left > right ? 1 : 0);
    }));
  });
  it.each(['', 'x', '1e500', '1e-200', '1'.repeat(39), 'NaN'])('refuse %s', (text) => expect(() => normalNumber(text)).toThrow(expect.objectContaining({ code: 'ValidationException' })));
});
