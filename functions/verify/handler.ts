// Wires `Verify outage`.
import { agreed } from '../../adapters/agreed.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { verifyInput } from '../../events/contracts.ts';
import { verify } from './verify.ts';

const env = environment();
const all = plans(env.configFile);
const ports = agreed(env);

export const handler = lambda(verifyInput, (input) => verify(ports, planOf(all, input.failover.application))(input), { step: 'Verify outage' });
