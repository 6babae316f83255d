// Wires the rehearsal of a place; the schedule starts it every half hour.
import { environment, packagedBeside, planOf, plans } from '../../adapters/environment.ts';
import { inventoryOf } from '../../adapters/inventory.ts';
import { lambda } from '../../adapters/lambda.ts';
import { messengerOf } from '../../adapters/messenger.ts';
import { rehearsalStore } from '../../adapters/rehearsal-store.ts';
import { systemClock } from '../../adapters/clock.ts';
import { tableIn } from '../../adapters/table.ts';
import { rehearseInput } from '../../events/contracts.ts';
import { rehearse } from './rehearse.ts';

const env = environment();
const all = plans(env.configFile);
const packaged = packagedBeside(env.configFile);
const ports = { clock: systemClock, inventory: inventoryOf(env), rehearsals: rehearsalStore(tableIn(env.region, env.table)), messenger: messengerOf(env) };
const counts = ({ critical, warning, info, notChecked, checks }: Readonly<Record<'critical' | 'warning' | 'info' | 'notChecked' | 'checks', number>>) =>
  ({ FindingsCritical: critical, FindingsWarning: warning, FindingsInfo: info, NotChecked: notChecked, Checks: checks });

export const handler = lambda(rehearseInput, (input) => rehearse(ports, { plan: planOf(all, input.application), table: env.table, packaged }, env.region)(input), { step: 'Rehearse', counts });
