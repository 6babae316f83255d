// The inside of one Lambda execution environment: loads the built bundle once, then answers one event after another.
// It is a process of its own, as on AWS, so that a kill, a stop or a time limit hits the code and not a stand-in.
import { createRequire, flushCompileCache } from 'node:module';

interface Invocation { readonly id: string; readonly event: unknown; readonly deadlineAt: number }
type Handler = (event: unknown, context: object) => Promise<unknown>;

const bundleFile = process.env['HOTSHIFT_BUNDLE'] ?? '';
const { handler } = createRequire(import.meta.url)(bundleFile) as { handler: Handler };

function contextOf({ id, deadlineAt }: Invocation): object {
  const name = process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? '';
  return {
    awsRequestId: id, functionName: name, functionVersion: '$LATEST', memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? '256',
    invokedFunctionArn: `arn:aws:lambda:${process.env['AWS_REGION'] ?? ''}:111122223333:function:${name}`,
    logGroupName: `/aws/lambda/${name}`, logStreamName: String(process.pid), callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadlineAt - Date.now(),
  };
}

process.on('message', (invocation: Invocation) => {
  void handler(invocation.event, contextOf(invocation)).then(
    (result) => process.send?.({ id: invocation.id, result: result ?? null }),
    // The shape of an error that Lambda hands to Step Functions.
    (error: unknown) => {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      process.send?.({ id: invocation.id, error: { errorType: name, errorMessage: message, trace: (stack ?? '').split('\n') } });
    },
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
// Not at its exit, which is a kill: the next environment of this function need not compile it again.
flushCompileCache();
