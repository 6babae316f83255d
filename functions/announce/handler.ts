// Wires `Announce`.
import { agreed } from '../../adapters/agreed.ts';
import { messengerOf } from '../../adapters/messenger.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { announceInput } from '../../events/contracts.ts';
import { announce } from './announce.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), messenger: messengerOf(env) };

export const handler = lambda(announceInput, (input) => announce(ports, planOf(all, input.failover.application))(input), { step: 'Announce' });
