// I1 and I2: never two writers that clients can reach, and no write acknowledged by a writer that was deposed.
import type { MakeCheck } from './check.ts';

/** I1. A writer counts when it would commit now and some server with a valid permit for it can reach it. */
export const singleWriter: MakeCheck = (world, violate) => ({
  invariant: 'I1',
  afterEvent: () => {
    for (const pair of world.pairs) {
      const writable = [...pair.instances.values()].filter((instance) => instance.writable && world.places.state(instance.region) === 'up');
      if (writable.length < 2) continue;
      const reached = writable.filter(({ region }) => world.servers.some((server) => server.name.startsWith(`${pair.name}-`) && server.canWriteIn(region)));
      if (reached.length > 1) violate(`two writers of ${pair.name} can be reached: ${reached.map(({ region }) => region).join(' and ')}`);
    }
  },
});

/** I2. Once another instance was promoted, what the old one commits must not be acknowledged. */
export const noDeposedWrite: MakeCheck = (world, violate) => {
  const deposed = new Set<string>();
  return {
    invariant: 'I2',
    onFact: (fact) => {
      if (fact.kind === 'committed') {
        const others = [...world.pair(fact.database).instances.values()].filter((instance) => instance.region !== fact.region && instance.promotedAt !== undefined);
        const own = world.pair(fact.database).in(fact.region).promotedAt ?? -Infinity;
        if (others.some((instance) => (instance.promotedAt ?? 0) > own)) deposed.add(`${fact.database}#${fact.id}`);
      }
      if (fact.kind === 'acknowledged' && deposed.has(`${fact.database}#${fact.id}`)) violate(`write ${fact.id} was acknowledged by the deposed writer of ${fact.database} in ${fact.region}`);
    },
  };
};
