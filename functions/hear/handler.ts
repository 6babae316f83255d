// Wires the function that Slack calls, by its URL: buttons and /hotshift.
import { agreed } from '../../adapters/agreed.ts';
import { approvalAnswers } from '../../adapters/approval-answers.ts';
import { drillStore } from '../../adapters/drill-store.ts';
import { environment, plans } from '../../adapters/environment.ts';
import { executionsOf } from '../../adapters/executions.ts';
import { heardStore } from '../../adapters/heard-store.ts';
import { lambda } from '../../adapters/lambda.ts';
import { messengerOf } from '../../adapters/messenger.ts';
import { secretsManager } from '../../adapters/secrets.ts';
import { tableIn } from '../../adapters/table.ts';
import { hearInput } from '../../events/contracts.ts';
import { hear } from './hear.ts';

const env = environment();
const table = tableIn(env.region, env.table);
const secrets = secretsManager();
const ports = {
  ...agreed(env), answers: approvalAnswers(table), heard: heardStore(table), drills: drillStore(table), executions: executionsOf(), messenger: messengerOf(env),
  signingSecret: async (secretId: string) => (await secrets.text(secretId, env.region)).trim(),
};

export const handler = lambda(hearInput, hear(ports, plans(env.configFile)), { step: 'Hear' });
