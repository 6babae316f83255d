// Secrets by their id, read once per process: a failover must not depend on Secrets Manager for each statement. A value that turns out
// to be wrong (rotated since) is dropped with `forget`, and the next read fetches it anew. Values never appear in errors.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import type { Region } from '../domain/plan.ts';
import { clientSettings, perRegion } from './clients.ts';
import { asking } from './failures.ts';
import { hide } from './redaction.ts';

export interface Secrets {
  text(secretId: string, region: Region): Promise<string>;
  forget(secretId: string, region: Region): void;
}

export interface Login { readonly username: string; readonly password: string }

export function secrets(clientIn: (region: Region) => SecretsManagerClient): Secrets {
  const known = new Map<string, string>();
  const nameOf = (secretId: string, region: Region): string => `${region} ${secretId}`;
  return {
    async text(secretId, region) {
      const found = known.get(nameOf(secretId, region));
      if (found !== undefined) return found;
      const answer = await asking({ action: 'secretsmanager:GetSecretValue', resource: `${secretId} in ${region}` },
        () => clientIn(region).send(new GetSecretValueCommand({ SecretId: secretId })));
      if (answer.SecretString === undefined || answer.SecretString === '') throw new UnexpectedAnswerError(`secret ${secretId} in ${region} holds no text`);
      known.set(nameOf(secretId, region), answer.SecretString);
      hide(answer.SecretString);
      return answer.SecretString;
    },
    forget(secretId, region) { known.delete(nameOf(secretId, region)); },
  };
}

export const secretsManager = (): Secrets => secrets(perRegion((region) => new SecretsManagerClient(clientSettings(region, 'reading'))));

/** A database login in the form that RDS keeps: JSON with username and password. */
export function loginOf(text: string, secretId: string): Login {
  let found: Partial<Login> | null;
  try {
    found = JSON.parse(text) as Partial<Login> | null;
  } catch {
    // The parser's message quotes the text, which is the secret: it is not kept as cause.
    throw new UnexpectedAnswerError(`secret ${secretId} is not JSON; it must hold {"username", "password"}`);
  }
  if (typeof found?.username !== 'string' || typeof found.password !== 'string') {
    throw new UnexpectedAnswerError(`secret ${secretId} must hold {"username", "password"} as texts`);
  }
  hide(found.password);
  return { username: found.username, password: found.password };
}
