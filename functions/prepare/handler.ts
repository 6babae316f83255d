// Wires `Prepare drill`.
import { agreed } from '../../adapters/agreed.ts';
import { alarmsOf } from '../../adapters/alarms.ts';
import { drillStore } from '../../adapters/drill-store.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { rehearsalStore } from '../../adapters/rehearsal-store.ts';
import { tableIn } from '../../adapters/table.ts';
import { trafficOf } from '../../adapters/traffic.ts';
import { prepareInput } from '../../events/contracts-drill.ts';
import { prepare } from './prepare.ts';

const env = environment();
const all = plans(env.configFile);
const table = tableIn(env.region, env.table);
const ports = { ...agreed(env), traffic: trafficOf(env), alarms: alarmsOf(), drills: drillStore(table), rehearsals: rehearsalStore(table) };

export const handler = lambda(prepareInput, (input) => prepare(ports, planOf(all, input.application), env.region)(input), { step: 'Prepare drill' });
