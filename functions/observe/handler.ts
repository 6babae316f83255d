// Wires the agent of a vantage point; the schedule starts it every minute.
import { agreed } from '../../adapters/agreed.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { eventsOf } from '../../adapters/events.ts';
import { embeddedFigures } from '../../adapters/figures.ts';
import { lambda } from '../../adapters/lambda.ts';
import { proberOf } from '../../adapters/prober.ts';
import { observeInput } from '../../events/contracts.ts';
import { observe } from './observe.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), events: eventsOf(env), prober: proberOf(env), figures: embeddedFigures() };

export const handler = lambda(observeInput, (input) => observe(ports, planOf(all, input.application), env.region)(input), { step: 'Observe' });
