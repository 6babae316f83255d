// Ana and Ben of the twin's Slack, pressed by whoever looks at the console: what Slack would send, signed, to the built function that hears.
import type { Action } from './actions.ts';
import { PEOPLE } from '../twin/slack-people.ts';
import { buttonsOf, interaction, send, signedHeaders } from '../twin/slack-press.ts';
import { startSlackUrl } from '../twin/slack-url.ts';
import type { Twin } from '../twin/twin.ts';

export interface People {
  /** Rejects when the message has no such button, or the answer says no. */
  press(action: Extract<Action, { name: 'press' }>): Promise<void>;
  close(): Promise<void>;
}

export async function startPeople({ lambdas, slack, slackSigningSecret }: Pick<Twin, 'lambdas' | 'slack' | 'slackSigningSecret'>): Promise<People> {
  const url = await startSlackUrl(lambdas, 'hotshift-hear');
  return {
    async press({ ts, button: id, person }) {
      const message = slack.messages.find((one) => one.ts === ts);
      const button = message === undefined ? undefined : buttonsOf(message).find(({ action_id: action }) => action === id);
      if (message === undefined || button === undefined) throw new Error('the question has been answered');
      const body = interaction(message, button, PEOPLE[person]);
      const { status } = await send({ requestUrl: url.url }, body, signedHeaders(body, slackSigningSecret));
      if (status !== 200) throw new Error(`Slack's request was answered with ${status}`);
    },
    close: () => url.close(),
  };
}
