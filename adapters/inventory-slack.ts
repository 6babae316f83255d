// Does Slack take the token? `auth.test` says who it belongs to and posts nothing.
import { TryAgainError } from '../domain/errors.ts';
import type { Inventory } from '../domain/inventory.ts';
import { fetchText } from './fetch-text.ts';
import { redactedText } from './redaction.ts';
import type { Secrets } from './secrets.ts';

const SLACK_MS = 3000;

export function slackInventory(secrets: Secrets): Pick<Inventory, 'slackTrouble'> {
  return {
    async slackTrouble(region, apiUrl, tokenSecretId) {
      const token = (await secrets.text(tokenSecretId, region)).trim();
      try {
        // A redirect would carry the token to wherever it points.
        const { status, text } = await fetchText(`${apiUrl.replace(/\/+$/, '')}/auth.test`, {
          method: 'POST', redirect: 'error', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
        }, SLACK_MS);
        return slackReason(status, text);
      } catch (error) {
        // Only the message is kept: a cause of fetch may hold the request, and with it the token.
        throw new TryAgainError(`auth.test: ${redactedText((error as Error).message).replaceAll(token, '***')}`);
      }
    },
  };
}

const MALFORMED = 'the answer is not the JSON of the Web API';

/** Why Slack did not take a token; undefined when it did. It answers 200 with `ok: false` to most of what it refuses. */
export function slackReason(status: number, text: string): string | undefined {
  if (status === 429 || status >= 500) return `status ${status}`;
  let answer: { readonly ok?: unknown; readonly error?: unknown } | null;
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    return MALFORMED;
  }
  if (answer?.ok === true) return undefined;
  // Error codes are words such as `channel_not_found`; anything else is not repeated into our logs.
  return answer?.ok === false && typeof answer.error === 'string' && /^\w{1,60}$/.test(answer.error) ? answer.error : MALFORMED;
}
