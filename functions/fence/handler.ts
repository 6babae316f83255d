// Wires `Fence writer`.
import { agreed } from '../../adapters/agreed.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { fenceInput } from '../../events/contracts.ts';
import { fence } from './fence.ts';

const env = environment();
const all = plans(env.configFile);
const ports = agreed(env);

export const handler = lambda(fenceInput, (input) => fence(ports, planOf(all, input.failover.application))(input), { step: 'Fence writer' });
