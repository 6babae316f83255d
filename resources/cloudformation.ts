// The few words of CloudFormation that the stack is written in.
export type Json = Readonly<Record<string, unknown>>;

export const sub = (text: string): Json => ({ 'Fn::Sub': text });
export const ref = (id: string): Json => ({ Ref: id });
export const attribute = (id: string, name = 'Arn'): Json => ({ 'Fn::GetAtt': [id, name] });
/** An ARN in this account; `region` and account are left out for global services by an empty text. */
export const arn = (service: string, resource: string, region = '${AWS::Region}', account = '${AWS::AccountId}'): Json =>
  sub(`arn:\${AWS::Partition}:${service}:${region}:${account}:${resource}`);

/** `dead-letters` -> `DeadLetters`: logical ids are letters and digits. */
export const logicalId = (name: string): string => name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
export const functionArn = (name: string): Json => attribute(`${logicalId(name)}LambdaFunction`);

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Json;
}

/**
 * A role for one service to assume. Only this account (and, where the service says it, only this resource) may be the reason:
 * without that the service could be used by a stranger as a confused deputy.
 */
export function role(service: string, policyName: string, statements: readonly Statement[], sourceArn?: unknown): Json {
  const source = sourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': sourceArn } };
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: policy([{
        Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') }, ...source },
      }]),
      Policies: [{ PolicyName: policyName, PolicyDocument: policy(statements) }],
    },
  };
}

export const policy = (statements: readonly unknown[]): Json => ({ Version: '2012-10-17', Statement: statements });
