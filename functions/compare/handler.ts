// Wires `Compare databases`.
import { agreed } from '../../adapters/agreed.ts';
import { databaseOf } from '../../adapters/database.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { rowsOf } from '../../adapters/rows.ts';
import { compareInput } from '../../events/contracts-failback.ts';
import { compare } from './compare.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), database: databaseOf(env), rows: rowsOf(env) };

export const handler = lambda(compareInput, (input) => compare(ports, planOf(all, input.failover.application))(input), { step: 'Compare databases' });
