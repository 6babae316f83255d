// Wires what keeps the record of an execution; the end of the execution starts it (events/rules.yml).
import { agreed } from '../../adapters/agreed.ts';
import { environment, planOf, plans, ratesBeside } from '../../adapters/environment.ts';
import { followUpStore } from '../../adapters/follow-up-store.ts';
import { historiesOf } from '../../adapters/histories.ts';
import { lambda } from '../../adapters/lambda.ts';
import { recordArchiveOf } from '../../adapters/record-archive.ts';
import { recordIndex } from '../../adapters/record-index.ts';
import { tableIn } from '../../adapters/table.ts';
import { archiveInput } from '../../events/contracts-archive.ts';
import { archive } from './archive.ts';

const env = environment();
const all = plans(env.configFile);
const table = tableIn(env.region, env.table);
const ports = { ...agreed(env), followUps: followUpStore(table), histories: historiesOf(env.region), records: recordIndex(table), archive: recordArchiveOf(env.region) };
const place = { region: env.region, rates: ratesBeside(env.configFile), planOf: (application: string) => planOf(all, application) };

export const handler = lambda(archiveInput, archive(ports, place), { step: 'Archive record' });
