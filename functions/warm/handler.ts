// Wires `Warm survivor`.
import { agreed } from '../../adapters/agreed.ts';
import { proberOf } from '../../adapters/prober.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { sessionsOf } from '../../adapters/sessions.ts';
import { lambda } from '../../adapters/lambda.ts';
import { warmInput } from '../../events/contracts.ts';
import { warm } from './warm.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), prober: proberOf(env), sessions: sessionsOf() };

export const handler = lambda(warmInput, (input) => warm(ports, planOf(all, input.failover.application))(input), { step: 'Warm survivor' });
