// A function URL that anybody may call: for callers that know no AWS credentials. Who makes one says what protects the function.
import { functionArn, logicalId, type Json } from './cloudformation.ts';

/** The URL of a function as `<Name>Url`, and the rights to call it. */
export const openUrl = (name: string): Json => ({
  [`${logicalId(name)}Url`]: { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'NONE', TargetFunctionArn: functionArn(name) } },
  // Since October 2025 a URL needs both (Lambda guide, "Control access to function URLs").
  [`${logicalId(name)}UrlPermission`]: { Type: 'AWS::Lambda::Permission', Properties: { Action: 'lambda:InvokeFunctionUrl', FunctionName: functionArn(name), Principal: '*', FunctionUrlAuthType: 'NONE' } },
  [`${logicalId(name)}InvokePermission`]: { Type: 'AWS::Lambda::Permission', Properties: { Action: 'lambda:InvokeFunction', FunctionName: functionArn(name), Principal: '*', InvokedViaFunctionUrl: true } },
});
