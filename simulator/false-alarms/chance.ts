// Chance by name instead of by order: the same question (seed, place, time) always gets the same answer. So a run that leaves quiet
// time out asks fewer questions and still hears the same answers as one that does not.

/** From 0 up to, but not including, 1; the same for the same four numbers. Instants may be larger than 32 bits. */
export function chance(seed: number, one: number, two = 0, three = 0): number {
  let mixed = seed | 0;
  mixed = stir(mixed, one % 4_294_967_296);
  mixed = stir(mixed, one / 4_294_967_296);
  mixed = stir(mixed, two % 4_294_967_296);
  mixed = stir(mixed, three);
  // The last steps of MurmurHash3 (public domain, Austin Appleby).
  mixed ^= mixed >>> 16;
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  mixed ^= mixed >>> 16;
  return (mixed >>> 0) / 4_294_967_296;
}

function stir(state: number, value: number): number {
  let part = Math.imul(value | 0, 0xcc9e2d51);
  part = (part << 15) | (part >>> 17);
  const mixed = state ^ Math.imul(part, 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** A seed of its own for one part of a run. */
export const seedOf = (seed: number, one: number, two = 0): number => Math.floor(chance(seed, one, two, 77) * 4_294_967_296);
