// Wires `Shift reads` and `Shift writes`: two states, one right to change records.
import { agreed } from '../../adapters/agreed.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { trafficOf } from '../../adapters/traffic.ts';
import { shiftInput } from '../../events/contracts.ts';
import { shiftReads } from './shift-reads.ts';
import { shiftWrites } from './shift-writes.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), traffic: trafficOf(env) };

export const handler = lambda(shiftInput, (input) => {
  const plan = planOf(all, input.failover.application);
  return input.what === 'reads' ? shiftReads(ports, plan)(input) : shiftWrites(ports, plan)(input);
}, { step: 'Shift' });
