// What a deployment is held against: the questions about rights are those that real calls would be, and nothing is left out.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { FINDING_IDS } from '../../../functions/rehearse/catalogue.ts';
import { functionsAt } from '../../../resources/functions.ts';
import { packagedOf } from '../../../resources/packaged.ts';
import { permissionsOf } from '../../../resources/permissions.ts';
import { allRegions, readPlans } from '../../../resources/plans.ts';
import { simulations } from '../../../resources/simulations.ts';
import { withFindings } from '../../../scripts/findings.ts';

const plans = readPlans('hotshift.example.yml');
const packaged = packagedOf(plans, '/nowhere');

describe('questions for the simulator', () => {
  const base = { Sid: 'S', Effect: 'Allow', Action: ['a:B'], Resource: '*' } as const;
  test('a set is carried whole, single values one by one, a pattern by a name that fits it', () => {
    expect(simulations({ ...base, Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:s:${AWS::Region}:${AWS::AccountId}:secret:x-??????' }, Condition: { 'ForAllValues:StringLike': { k: ['p', 'q#*'] }, Null: { k: 'false' } } }, 'eu-west-1'))
      .toEqual([{ actions: ['a:B'], resources: ['arn:aws:s:eu-west-1:${AWS::AccountId}:secret:x-aaaaaa'], context: [{ key: 'k', values: ['p', 'q#x'], isList: true }] }]);
    expect(simulations({ ...base, Condition: { ArnEquals: { c: ['one', 'two'] } } }, 'eu-west-1').map(({ context }) => context)).toEqual([[{ key: 'c', values: ['one'], isList: false }], [{ key: 'c', values: ['two'], isList: false }]]);
  });
  test('what denies asks nothing, and what is not understood is refused', () => {
    expect(simulations({ ...base, Effect: 'Deny' }, 'eu-west-1')).toEqual([]);
    expect(() => simulations({ ...base, Condition: { NumericLessThan: { k: '1' } } }, 'eu-west-1')).toThrow('does not know how a call meets NumericLessThan');
  });
});

test('every function of every place is there, with each action of its role', () => {
  for (const region of allRegions(plans)) {
    expect(Object.keys(packaged.places[region]!.functions)).toEqual(functionsAt(region, plans));
    for (const [name, { calls, reservedConcurrency }] of Object.entries(packaged.places[region]!.functions)) {
      expect([...new Set(calls.flatMap(({ actions }) => actions))].sort()).toEqual([...new Set(permissionsOf(name, region, plans).flatMap(({ Action }) => Action))].sort());
      expect(reservedConcurrency).toBeGreaterThan(0);
    }
  }
});
test('without a package no code is known', () => { expect(new Set(Object.values(packaged.codeSha256))).toEqual(new Set([''])); });

test('the runbook has an entry for each finding, in the words of the catalogue', () => {
  const runbook = readFileSync('docs/runbook.md', 'utf8');
  expect(withFindings(runbook)).toBe(runbook);
  expect(FINDING_IDS.filter((id) => !runbook.includes(`**\`${id}\`**`))).toEqual([]);
});
