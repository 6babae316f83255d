// X-Ray for the few steps that ask for it. Apart from lambda.ts, since it costs each cold start about 18 ms.
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import type { MiddlewareObj } from '@middy/core';

/** Results are not captured: they may be read by people who may not read the journal. */
export const traced = (): MiddlewareObj => captureLambdaHandler(new Tracer({ serviceName: 'hotshift' }), { captureResponse: false });
