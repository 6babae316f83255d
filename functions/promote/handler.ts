// Wires `Promote replica`.
import { agreed } from '../../adapters/agreed.ts';
import { databaseOf } from '../../adapters/database.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { promoteInput } from '../../events/contracts.ts';
import { promote } from './promote.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), database: databaseOf(env) };

export const handler = lambda(promoteInput, (input) => promote(ports, planOf(all, input.failover.application))(input), { step: 'Promote replica' });
