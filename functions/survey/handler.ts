// Wires `Survey pair`.
import { agreed } from '../../adapters/agreed.ts';
import { databaseOf } from '../../adapters/database.ts';
import { environment, planOf, plans } from '../../adapters/environment.ts';
import { lambda } from '../../adapters/lambda.ts';
import { surveyInput } from '../../events/contracts-failback.ts';
import { survey } from './survey.ts';

const env = environment();
const all = plans(env.configFile);
const ports = { ...agreed(env), database: databaseOf(env) };

export const handler = lambda(surveyInput, (input) => survey(ports, planOf(all, input.application))(input), { step: 'Survey pair' });
