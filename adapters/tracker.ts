// Follow-ups as issues in GitHub (REST API, 2022-11-28) or Jira Cloud (REST API 3). The newest issues are looked through for the mark before one is
// made. A clear no is told with the product's own words and is not repeated here; no answer ever carries the token on.
import { RefusedByAwsError, TryAgainError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { Region } from '../domain/plan.ts';
import type { GithubTracker, IssueText, JiraTracker, Tracker, TrackerPlan } from '../domain/tracker.ts';
import { publicRequest, type PublicAnswer, type PublicRequest, type Reach } from './public-request.ts';
import { hide, redactedText, withoutSecrets } from './redaction.ts';
import type { Secrets } from './secrets.ts';

const TRACKER_MS = 10_000;
/** A repeat comes within minutes of the first try; thirty of the longest issues (64 KB each) are an answer that is still read. */
const NEWEST = 30;

type Ask = (request: Pick<PublicRequest, 'url' | 'method' | 'body'>) => Promise<unknown>;

/** Secrets are read where this code runs. */
export function trackerOf(secrets: Secrets, region: Region, reach: Reach = 'public', timeoutMs = TRACKER_MS): Tracker {
  const asking = async (plan: TrackerPlan): Promise<Ask> => {
    const token = (await secrets.text(plan.tokenSecretId, region)).trim();
    return (request) => exchange(plan, token, request, () => { secrets.forget(plan.tokenSecretId, region); }, reach, timeoutMs);
  };
  return {
    find: async (plan, mark) => (plan.kind === 'github' ? findInGithub(plan, mark, await asking(plan)) : findInJira(plan, mark, await asking(plan))),
    create: async (plan, issue) => (plan.kind === 'github' ? createInGithub(plan, withoutSecrets(issue), await asking(plan)) : createInJira(plan, withoutSecrets(issue), await asking(plan))),
  };
}

async function findInGithub({ url }: GithubTracker, mark: string, ask: Ask): Promise<string | undefined> {
  const answer = await ask({ method: 'GET', url: `${url}?state=all&sort=created&direction=desc&per_page=${NEWEST}` });
  if (!Array.isArray(answer)) throw new UnexpectedAnswerError('GitHub: the list of issues is no list');
  const found = (answer as readonly { readonly body?: unknown; readonly html_url?: unknown }[]).find(({ body }) => typeof body === 'string' && body.includes(mark));
  return found === undefined ? undefined : named(found.html_url, 'GitHub');
}

async function createInGithub({ url }: GithubTracker, { mark, title, lines }: IssueText, ask: Ask): Promise<string> {
  // A comment of Markdown: people do not see it, and `find` does. A label would need the right to push.
  const answer = await ask({ method: 'POST', url, body: JSON.stringify({ title, body: `${lines.map(quoted).join('\n\n')}\n\n<!-- ${mark} -->` }) });
  return named((answer as { readonly html_url?: unknown } | null)?.html_url, 'GitHub');
}

/** What a drill has found is text: it mentions nobody, links nothing and closes no comment. */
const quoted = (line: string): string => line.replaceAll(/[\\`*_[\]<>#@|~]/g, (character) => `\\${character}`).replaceAll('\\@', '@\u200b');

async function findInJira({ url, project }: JiraTracker, mark: string, ask: Ask): Promise<string | undefined> {
  const search = new URL(url.replace(/\/issue\/?$/, '/search/jql'));
  search.search = new URLSearchParams({ jql: `project = "${project}" AND labels = "${mark}"`, fields: 'summary', maxResults: '1' }).toString();
  const answer = await ask({ method: 'GET', url: search.href }) as { readonly issues?: readonly { readonly key?: unknown }[] } | null;
  if (!Array.isArray(answer?.issues)) throw new UnexpectedAnswerError('Jira: the answer to a search has no issues');
  const [found] = answer.issues as readonly { readonly key?: unknown }[];
  return found === undefined ? undefined : browse(url, named(found.key, 'Jira'));
}

async function createInJira({ url, project, issueType }: JiraTracker, { mark, title, lines, dueAt }: IssueText, ask: Ask): Promise<string> {
  const paragraph = (text: string): object => ({ type: 'paragraph', content: [{ type: 'text', text }] });
  const fields = {
    project: { key: project }, issuetype: { name: issueType }, summary: title, labels: [mark], duedate: new Date(dueAt).toISOString().slice(0, 10),
    // Atlassian Document Format, which API 3 asks for.
    description: { type: 'doc', version: 1, content: lines.map(paragraph) },
  };
  const answer = await ask({ method: 'POST', url, body: JSON.stringify({ fields }) });
  return browse(url, named((answer as { readonly key?: unknown } | null)?.key, 'Jira'));
}

const browse = (url: string, key: string): string => `${new URL(url).origin}/browse/${key}`;

/** What is kept and shown to people as the place of the issue. */
function named(value: unknown, who: string): string {
  if (typeof value !== 'string' || value === '' || value.length > 500) throw new UnexpectedAnswerError(`${who}: the answer does not say where the issue is`);
  return redactedText(value);
}

function headersOf({ kind }: TrackerPlan, token: string): Readonly<Record<string, string>> {
  const shared = { 'content-type': 'application/json', 'user-agent': 'hotshift' };
  if (kind === 'github') return { ...shared, accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28', authorization: `Bearer ${token}` };
  const basic = Buffer.from(token).toString('base64');
  hide(basic);
  return { ...shared, accept: 'application/json', authorization: `Basic ${basic}` };
}

async function exchange(plan: TrackerPlan, token: string, request: Pick<PublicRequest, 'url' | 'method' | 'body'>, forget: () => void, reach: Reach, timeoutMs: number): Promise<unknown> {
  const who = `${plan.kind === 'github' ? 'GitHub' : 'Jira'}: ${request.method} ${new URL(request.url).pathname}`;
  const clean = (text: string): string => redactedText(text.replaceAll(token, '***'));
  let answer: PublicAnswer;
  try {
    answer = await publicRequest({ ...request, headers: headersOf(plan, token), timeoutMs }, reach);
  } catch (error) {
    if (error instanceof RefusedByAwsError) throw error;
    // The cause is not kept: an error of the network may carry the request.
    throw new TryAgainError(`${who}: ${clean(error instanceof Error ? error.message : String(error))}`);
  }
  const { status, text } = answer;
  if (status === 200 || status === 201) return parsed(text, who);
  const said = `${who}: status ${status}: ${clean(text.slice(0, 300))}`;
  // GitHub limits by 403 as well as by 429, and says so (REST API, rate limits).
  if (status === 429 || status >= 500 || (status === 403 && /rate limit/i.test(text))) throw new TryAgainError(said);
  if (status === 401) forget();
  throw new RefusedByAwsError(said);
}

function parsed(text: string, who: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UnexpectedAnswerError(`${who}: the answer is no JSON`);
  }
}
