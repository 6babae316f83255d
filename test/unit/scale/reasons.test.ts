// What is told of the room that the survivor gets.
import { expect, test } from '@jest/globals';
import { returning, sizing } from '../../../functions/scale/sizing.ts';
import { plan, survivor } from '../ports.ts';

const capacity = { ...plan.capacity[0]!, factor: 2, desiredMax: 60 };

test.each<[string, number, { readonly from: number; readonly to: number; readonly reason: string }]>([
  ['room for both regions', 10, { from: 10, to: 20, reason: '10 x 2, at most 60' }],
  ['there is room already', 20, { from: 20, to: 20, reason: '20 is enough for 10 x 2' }],
])('%s', (_, desired, sized) => {
  expect(sizing(capacity, survivor, { desired, running: desired })).toEqual(sized);
});

test.each<[string, number, { readonly from: number; readonly to: number; readonly reason: string }]>([
  ['the drill\'s count goes back to what there was', 20, { from: 20, to: 10, reason: 'as before the drill' }],
  ['what is as before is left alone', 10, { from: 10, to: 10, reason: 'as before the drill already' }],
  ['what somebody set in between is theirs', 14, { from: 14, to: 14, reason: 'somebody set 14 since the drill set 20: it stays' }],
])('after a drill %s', (_, desired, sized) => {
  expect(returning({ from: 10, to: 20, reason: '' }, { desired })).toEqual(sized);
});
