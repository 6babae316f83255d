// Wires the function that Route 53's health checkers ask, by its URL.
import { agreed } from '../../adapters/agreed.ts';
import { environment, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { answerInput } from '../../events/contracts.ts';
import { answer } from './answer.ts';

const env = environment();
const ports = agreed(env);

export const handler = lambda(answerInput, answer(ports, plans(env.configFile)), { step: 'Answer' });
