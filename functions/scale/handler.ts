// Wires `Scale survivor`.
import { agreed } from '../../adapters/agreed.ts';
import { capacityOf } from '../../adapters/capacity.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { scaleInput } from '../../events/contracts.ts';
import { scale } from './scale.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), capacity: capacityOf() };

export const handler = lambda(scaleInput, (input) => scale(ports, planOf(all, input.failover.application))(input), { step: 'Scale survivor' });
