// Wires the looks of a drill at its guards.
import { agreed } from '../../adapters/agreed.ts';
import { alarmsOf } from '../../adapters/alarms.ts';
import { capacityOf } from '../../adapters/capacity.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { holdInput } from '../../events/contracts-drill.ts';
import { hold } from './hold.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), alarms: alarmsOf(), capacity: capacityOf() };

export const handler = lambda(holdInput, (input) => hold(ports, planOf(all, input.failover.application))(input), { step: 'Hold' });
