// Does Slack take the token? `auth.test` says who it belongs to and posts nothing.
import { TryAgainError } from '../domain/errors.ts';
import type { Inventory } from '../domain/inventory.ts';
import { slackReason } from './messenger.ts';
import { redactedText } from './redaction.ts';
import type { Secrets } from './secrets.ts';

const SLACK_MS = 3000;

export function slackInventory(secrets: Secrets): Pick<Inventory, 'slackTrouble'> {
  return {
    async slackTrouble(region, apiUrl, tokenSecretId) {
      const token = (await secrets.text(tokenSecretId, region)).trim();
      try {
        // A redirect would carry the token to wherever it points.
        const response = await fetch(`${apiUrl.replace(/\/+$/, '')}/auth.test`, {
          method: 'POST', redirect: 'error', signal: AbortSignal.timeout(SLACK_MS), headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
        });
        return slackReason(response.status, await response.text());
      } catch (error) {
        // Only the message is kept: a cause of fetch may hold the request, and with it the token.
        throw new TryAgainError(`auth.test: ${redactedText((error as Error).message).replaceAll(token, '***')}`);
      }
    },
  };
}
