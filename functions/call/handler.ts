// Wires `Call hooks before fence` and its like.
import { agreed } from '../../adapters/agreed.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { hooksOf } from '../../adapters/hooks.ts';
import { lambda } from '../../adapters/lambda.ts';
import { callInput } from '../../events/contracts.ts';
import { call } from './call.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), hooks: hooksOf() };

export const handler = lambda(callInput, (input) => call(ports, planOf(all, input.failover.application))(input), { step: 'Call hooks' });
