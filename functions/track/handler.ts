// Wires what makes an issue of a follow-up; the end of a drill starts it (events/rules.yml).
import { agreed } from '../../adapters/agreed.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { followUpStore } from '../../adapters/follow-up-store.ts';
import { lambda } from '../../adapters/lambda.ts';
import { secretsManager } from '../../adapters/secrets.ts';
import { tableIn } from '../../adapters/table.ts';
import { trackerOf } from '../../adapters/tracker.ts';
import { archiveInput } from '../../events/contracts-archive.ts';
import { track } from './track.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), followUps: followUpStore(tableIn(env.region, env.table)), tracker: trackerOf(secretsManager(), env.region) };

export const handler = lambda(archiveInput, track(ports, (application) => planOf(all, application)), { step: 'Track follow-up' });
