// Wires `Confirm service`.
import { agreed } from '../../adapters/agreed.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { confirmInput } from '../../events/contracts.ts';
import { confirm } from './confirm.ts';

const env = environment();
const all = plans(env.configFile);
const ports = agreed(env);

export const handler = lambda(confirmInput, (input) => confirm(ports, planOf(all, input.failover.application))(input), { step: 'Confirm service' });
