// Wires `Scale survivor`, `Scale check`, and `Scale back` of a drill.
import { agreed } from '../../adapters/agreed.ts';
import { capacityOf } from '../../adapters/capacity.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { scaleInput } from '../../events/contracts.ts';
import { room } from './room.ts';
import { scale, scaleBack } from './scale.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), capacity: capacityOf() };

export const handler = lambda(scaleInput, ({ scaled, check, ...input }) => {
  const plan = planOf(all, input.failover.application);
  if (check === true) return room(ports, plan)(input);
  return scaled === undefined ? scale(ports, plan)(input) : scaleBack(ports, plan)({ ...input, scaled });
}, { step: 'Scale' });
