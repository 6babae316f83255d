// Wires `Rebuild replica`.
import { agreed } from '../../adapters/agreed.ts';
import { databaseOf } from '../../adapters/database.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { replicasOf } from '../../adapters/replicas.ts';
import { rebuildInput } from '../../events/contracts-failback.ts';
import { rebuild } from './rebuild.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), database: databaseOf(env), replicas: replicasOf() };

export const handler = lambda(rebuildInput, (input) => rebuild(ports, planOf(all, input.failover.application))(input), { step: 'Rebuild replica' });
