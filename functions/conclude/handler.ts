// Wires `Conclude`.
import { agreed } from '../../adapters/agreed.ts';
import { builtOf, environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { concludeInput } from '../../events/contracts.ts';
import { conclude } from './conclude.ts';

const env = environment();
const all = plans(env.configFile);
const ports = agreed(env);
const built = builtOf(env.configFile);

export const handler = lambda(concludeInput, (input) => conclude(ports, planOf(all, input.failover.application), built)(input), { step: 'Conclude' });
