// Values that applications read at run time: parameters, secrets, variables of functions. For a person's eyes and credentials only: no
// handler imports this file, so that no role of Hotshift can do what it does. Values are looked through and never shown.
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, paginateListSecrets, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import type { ApplicationValues } from '../domain/inventory.ts';
import type { Region } from '../domain/plan.ts';
import { clientSettings } from './clients.ts';
import { asking } from './failures.ts';

type Value = Awaited<ReturnType<ApplicationValues['list']>>[number];

export const applicationValues = (): ApplicationValues => ({
  list: async (region) => (await Promise.all([parameters(region), secrets(region), variables(region)])).flat(),
});

const parameters = (region: Region): Promise<readonly Value[]> => asking({ action: 'ssm:GetParametersByPath', resource: `/ in ${region}` }, async () => {
  const found: Value[] = [];
  for await (const page of paginateGetParametersByPath({ client: new SSMClient(clientSettings(region, 'reading')) }, { Path: '/', Recursive: true, WithDecryption: true })) {
    found.push(...(page.Parameters ?? []).map(({ Name = '', Value = '' }) => ({ place: `parameter ${Name}`, text: Value })));
  }
  return found;
});

const secrets = (region: Region): Promise<readonly Value[]> => asking({ action: 'secretsmanager:GetSecretValue', resource: region }, async () => {
  const client = new SecretsManagerClient(clientSettings(region, 'reading'));
  const found: Value[] = [];
  for await (const page of paginateListSecrets({ client }, {})) {
    for (const { ARN: SecretId, Name = '' } of page.SecretList ?? []) {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
      found.push({ place: `secret ${Name}`, text: SecretString });
    }
  }
  return found;
});

const variables = (region: Region): Promise<readonly Value[]> => asking({ action: 'lambda:ListFunctions', resource: region }, async () => {
  const found: Value[] = [];
  for await (const page of paginateListFunctions({ client: new LambdaClient(clientSettings(region, 'reading')) }, {})) {
    for (const { FunctionName = '', Environment } of page.Functions ?? []) {
      found.push(...Object.entries(Environment?.Variables ?? {}).map(([name, text]) => ({ place: `function ${FunctionName} ${name}`, text })));
    }
  }
  return found;
});
