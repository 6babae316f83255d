// Wires `Assess survivor`.
import { agreed } from '../../adapters/agreed.ts';
import { databaseOf } from '../../adapters/database.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { assessInput } from '../../events/contracts.ts';
import { assess } from './assess.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), database: databaseOf(env) };

export const handler = lambda(assessInput, (input) => assess(ports, planOf(all, input.failover.application))(input), { step: 'Assess survivor' });
