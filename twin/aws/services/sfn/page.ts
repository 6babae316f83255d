// Pages of lists in Step Functions' way: maxResults (100 by default, 1000 at most) and a token that only this list understands.
import { AwsError } from '../../service.ts';

export function pageOf<T>(all: readonly T[], { maxResults = 100, nextToken }: { readonly maxResults?: number | undefined; readonly nextToken?: string | undefined }): { items: readonly T[]; nextToken?: string } {
  if (maxResults < 0 || maxResults > 1000) throw new AwsError('ValidationException', `1 validation error detected: Value '${maxResults}' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000`);
  const from = nextToken === undefined ? 0 : Number(Buffer.from(nextToken, 'base64').toString('utf8'));
  if (!Number.isInteger(from) || from < 0 || from > all.length) throw new AwsError('InvalidToken', `Invalid Token: 'Invalid token'`);
  const to = from + (maxResults === 0 ? 100 : maxResults);
  return { items: all.slice(from, to), ...(to < all.length ? { nextToken: Buffer.from(String(to)).toString('base64') } : {}) };
}
