// Two people in the twin's Slack who say yes, and somebody who forges. They read the channel as people do, press what they see, and say
// what came of it. The forged and the copied requests go first: if one of them counted, the failover would go on without the two.
import { startSlackUrl } from './slack-url.ts';
import { buttonsOf, interaction, send, signedHeaders, type SlackApp } from './slack-press.ts';
import type { SlackMessage, SlackReceiver } from './slack.ts';
import type { LambdaHost } from './lambda/host.ts';

/** As the twin's plan names them; `mallory` is in no list. */
export const PEOPLE = { ana: 'U0TWINANA', ben: 'U0TWINBEN' } as const;
const STRANGER = 'U0MALLORY';
const LOOK_MS = 100;
/** Nothing here is urgent: whoever presses has read first. */
const READING_MS = 300;

export interface SlackPeople { close(): Promise<void> }
export interface SlackPeopleParts { readonly slack: SlackReceiver; readonly lambdas: LambdaHost; readonly signingSecret: string; readonly say: (text: string) => void }

export async function startSlackPeople({ slack, lambdas, signingSecret, say }: SlackPeopleParts): Promise<SlackPeople> {
  const url = await startSlackUrl(lambdas, 'hotshift-hear');
  const app: SlackApp = { requestUrl: url.url, signingSecret };
  const seen = new Set<string>();
  let busy = Promise.resolve();
  const timer = setInterval(() => {
    for (const message of slack.messages) {
      const execution = executionOf(message);
      if (execution === undefined || seen.has(execution)) continue;
      seen.add(execution);
      // Ends with the twin: what is under way then is told as what it is.
      busy = busy.then(() => answer(app, message, say)).catch((error: unknown) => say(`slack: ${String(error)}`));
    }
  }, LOOK_MS);
  timer.unref();
  return {
    close: async () => {
      clearInterval(timer);
      await url.close();
    },
  };
}

/** The execution that a message asks about. */
function executionOf(message: SlackMessage): string | undefined {
  const [button] = buttonsOf(message);
  return button === undefined ? undefined : (JSON.parse(button.value) as { readonly execution: string }).execution;
}

async function answer(app: SlackApp, message: SlackMessage, say: (text: string) => void): Promise<void> {
  const approve = buttonsOf(message).find(({ action_id: id }) => id === 'hotshift_approve');
  if (approve === undefined) throw new Error('a question without an approve button');
  await new Promise((resolve) => setTimeout(resolve, READING_MS));
  const pressed = async (what: string, body: string, headers: Record<string, string>): Promise<void> => {
    const { status } = await send(app, body, headers);
    say(`slack: ${what}: ${status}`);
  };
  const of = (user: string): string => interaction(message, approve, user);
  const forged = of(PEOPLE.ana);
  await pressed('forged with another secret', forged, signedHeaders(forged, 'not-the-secret'));
  await pressed('an old one', forged, signedHeaders(forged, app.signingSecret, Math.floor(Date.now() / 1000) - 600));
  await pressed('changed after it was signed', of(PEOPLE.ben), signedHeaders(forged, app.signingSecret));
  const stranger = of(STRANGER);
  await pressed('somebody who may not', stranger, signedHeaders(stranger, app.signingSecret));
  const headers = signedHeaders(forged, app.signingSecret);
  await pressed('ana approves', forged, headers);
  await pressed('a copy of ana\'s', forged, headers);
  const again = of(PEOPLE.ana);
  await pressed('ana presses again', again, signedHeaders(again, app.signingSecret));
  const ben = of(PEOPLE.ben);
  await pressed('ben approves', ben, signedHeaders(ben, app.signingSecret));
}
