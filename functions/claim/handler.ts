// Wires `Claim lease`.
import { agreed } from '../../adapters/agreed.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { claimInput } from '../../events/contracts.ts';
import { claim } from './claim.ts';

const env = environment();
const all = plans(env.configFile);
const ports = agreed(env);

export const handler = lambda(claimInput, (input) => claim(ports, planOf(all, input.failover.application))(input), { step: 'Claim lease' });
