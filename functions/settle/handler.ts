// Wires `Settle drill`.
import { agreed } from '../../adapters/agreed.ts';
import { drillStore } from '../../adapters/drill-store.ts';
import { builtOf, environment, planOf, plans } from '../../adapters/environment.ts';
import { followUpStore } from '../../adapters/follow-up-store.ts';
import { lambda } from '../../adapters/lambda.ts';
import { tableIn } from '../../adapters/table.ts';
import { settleInput } from '../../events/contracts-drill.ts';
import { settle } from './settle.ts';

const env = environment();
const all = plans(env.configFile);
const built = builtOf(env.configFile);
const table = tableIn(env.region, env.table);
const ports = { ...agreed(env), drills: drillStore(table), followUps: followUpStore(table) };

export const handler = lambda(settleInput, (input) => settle(ports, planOf(all, input.failover.application), built)(input), { step: 'Settle drill' });
