// Wires `Shift reads`, `Shift writes` and the ramp of planned moves: one right to change where users and writes go.
import { agreed } from '../../adapters/agreed.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { trafficOf } from '../../adapters/traffic.ts';
import { routingControls } from '../../adapters/traffic-controls.ts';
import { shiftInput } from '../../events/contracts.ts';
import { shiftRamp } from './shift-ramp.ts';
import { shiftReads } from './shift-reads.ts';
import { shiftWrites } from './shift-writes.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), traffic: trafficOf(env), controls: routingControls() };

export const handler = lambda(shiftInput, async (input) => {
  const plan = planOf(all, input.failover.application);
  switch (input.what) {
    case 'reads': return shiftReads(ports, plan)(input);
    case 'writes': return shiftWrites(ports, plan)(input);
    case 'ramp': return shiftRamp(ports, plan)(input);
  }
}, { step: 'Shift' });
