// Wires `Approve failover`.
import { agreed } from '../../adapters/agreed.ts';
import { messengerOf } from '../../adapters/messenger.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { approveInput } from '../../events/contracts.ts';
import { approve } from './approve.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), messenger: messengerOf(env) };

export const handler = lambda(approveInput, (input) => approve(ports, planOf(all, input.failover.application))(input), { step: 'Approve failover' });
