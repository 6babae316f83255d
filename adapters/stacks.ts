// The stacks that stand on AWS, read only: what CloudFormation holds of a template. Changes nothing and waits for nothing.
import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { UnexpectedAnswerError } from '../domain/errors.ts';
import type { Region } from '../domain/plan.ts';
import { clientSettings } from './clients.ts';

export type DeployedStack =
  | { readonly kind: 'deployed'; readonly template: unknown }
  | { readonly kind: 'absent' }
  /** Nobody could ask: no credentials, no way there, or not allowed. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** The template that was deployed last, as it was given. Never rejects for an AWS that does not answer: that is an answer for a person. */
export async function deployedStack(region: Region, stackName: string, client = new CloudFormationClient(clientSettings(region, 'reading'))): Promise<DeployedStack> {
  let body: string | undefined;
  try {
    ({ TemplateBody: body } = await client.send(new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' })));
  } catch (error) {
    const { name, message } = error as Error;
    // CloudFormation has no error of its own for a stack that is not there.
    if (name === 'ValidationError' && message.includes('does not exist')) return { kind: 'absent' };
    return { kind: 'unknown', reason: name === 'CredentialsProviderError' ? 'no credentials' : `${name}: ${message}` };
  } finally {
    client.destroy();
  }
  if (body === undefined) throw new UnexpectedAnswerError(`cloudformation:GetTemplate of ${stackName} in ${region} answered without a template`);
  return { kind: 'deployed', template: parsed(body, stackName) };
}

function parsed(body: string, stackName: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    throw new UnexpectedAnswerError(`the template of ${stackName} is no JSON: it was not deployed from here`, { cause: error });
  }
}
