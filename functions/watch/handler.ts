// Wires the agent that watches replication lag in its own region; the schedule starts it every minute.
import { agreed } from '../../adapters/agreed.ts';
import { aftermathOf } from '../../adapters/aftermath.ts';
import { databaseOf } from '../../adapters/database.ts';
import { drillStore } from '../../adapters/drill-store.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { embeddedFigures } from '../../adapters/figures.ts';
import { lambda } from '../../adapters/lambda.ts';
import { messengerOf } from '../../adapters/messenger.ts';
import { outboxStore } from '../../adapters/outbox-store.ts';
import { tableIn } from '../../adapters/table.ts';
import { watchInput } from '../../events/contracts.ts';
import { watch } from './watch.ts';

const env = environment();
const all = plans(env.configFile);
const messenger = messengerOf(env);
const table = tableIn(env.region, env.table);
const late = { outbox: outboxStore(table), delivery: messenger };
const ports = { ...agreed(env), database: databaseOf(env), messenger, figures: embeddedFigures(), drills: drillStore(table), late, aftermath: aftermathOf() };

export const handler = lambda(watchInput, (input) => watch(ports, planOf(all, input.application), env.region)(input), { step: 'Watch replication' });
