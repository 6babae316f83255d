// Wires `Muster applications` and `Muster outcomes`.
import { agreed } from '../../adapters/agreed.ts';
import { environment, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { musterInput } from '../../events/contracts-evacuate.ts';
import { muster } from './muster.ts';

const env = environment();
const all = plans(env.configFile);

export const handler = lambda(musterInput, muster(agreed(env), all), { step: 'Muster applications' });
