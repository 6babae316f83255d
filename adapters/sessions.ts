// What applications read when the writer has moved: a parameter of Parameter Store and an SNS topic, each in its own region.
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Region } from '../domain/plan.ts';
import type { Sessions } from '../domain/sessions.ts';
import { orAbsent } from './absent.ts';
import { clientSettings, perRegion } from './clients.ts';
import { asking } from './failures.ts';

/** An absolute text, so that the client may write it again. */
export function sessionsOf(): Sessions {
  const parameters = perRegion((region: Region) => new SSMClient(clientSettings(region, 'reading')));
  const topics = perRegion((region: Region) => new SNSClient(clientSettings(region, 'reading')));
  return {
    async read(Name, region) {
      const answer = await orAbsent({ action: 'ssm:GetParameter', resource: `${Name} in ${region}` }, ['ParameterNotFound'], () => parameters(region).send(new GetParameterCommand({ Name })));
      return answer?.Parameter?.Value;
    },
    async write(Name, region, Value) {
      await asking({ action: 'ssm:PutParameter', resource: `${Name} in ${region}` }, () => parameters(region).send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true })));
    },
    async tell(TopicArn, region, notice) {
      await asking({ action: 'sns:Publish', resource: `${TopicArn} in ${region}` }, () => topics(region).send(new PublishCommand({
        TopicArn, Subject: `epoch ${notice.epoch} of ${notice.application}`, Message: JSON.stringify({ event: 'epoch', ...notice }), MessageAttributes: { event: { DataType: 'String', StringValue: 'epoch' } },
      })));
    },
  };
}
