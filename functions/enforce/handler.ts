// Wires the agent that carries out fence intents in its own region; the schedule starts it every minute.
import { agreed } from '../../adapters/agreed.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { databaseLocksOf } from '../../adapters/locks.ts';
import { enforceInput } from '../../events/contracts.ts';
import { enforce } from './enforce.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), locks: databaseLocksOf(env) };

export const handler = lambda(enforceInput, (input) => enforce(ports, planOf(all, input.application), env.region)(input), { step: 'Enforce fence' });
