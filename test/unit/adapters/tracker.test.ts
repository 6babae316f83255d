// Issues in GitHub and Jira by their documented requests, on a real server on the loopback: what is sent, what is taken for an answer, and that
// neither the token nor a way into a private network is given away.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isPublic, publicRequest } from '../../../adapters/public-request.ts';
import { redactedText } from '../../../adapters/redaction.ts';
import { trackerOf } from '../../../adapters/tracker.ts';
import { RefusedByAwsError, TryAgainError, UnexpectedAnswerError } from '../../../domain/errors.ts';
import type { IssueText, TrackerPlan } from '../../../domain/tracker.ts';

interface Heard { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: any }
type Answer = { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>>; readonly hang?: boolean };

const TOKEN = 'tracker-credential-of-the-test';
const LOGIN = `ana@example.com:${TOKEN}`;
const issue: IssueText = { mark: 'hotshift-0123456789abcdef', title: 'shop: Drill stopped', lines: ['A drill of shop has found: @everyone <script> --> *bold*', 'Due 2026-12-22.'], dueAt: Date.parse('2026-12-22T10:00:00Z') };

let server: Server;
let base = '';
let heard: Heard[];
let answers: Answer[];
let forgotten: number;

beforeEach(async () => {
  [heard, answers, forgotten] = [[], [], 0];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    heard.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: text === '' ? undefined : JSON.parse(text) });
    const { status, body = '', headers = {}, hang = false } = answers.shift() ?? { status: 599 };
    if (hang) return;
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
});

const trackerWith = (token: string, timeoutMs?: number) => trackerOf({ text: async () => token, forget: () => { forgotten += 1; } }, 'eu-west-1', 'loopback', timeoutMs);
const github = (): TrackerPlan => ({ kind: 'github', url: `${base}/repos/acme/shop/issues`, tokenSecretId: 'hotshift/github' });
const jira = (): TrackerPlan => ({ kind: 'jira', url: `${base}/rest/api/3/issue`, project: 'OPS', issueType: 'Task', tokenSecretId: 'hotshift/jira' });

describe('GitHub', () => {
  test('an issue is created by the documented request, and its page is the answer', async () => {
    answers.push({ status: 201, body: { number: 7, html_url: 'https://github.com/acme/shop/issues/7' } });
    expect(await trackerWith(`${TOKEN}\n`).create(github(), issue)).toBe('https://github.com/acme/shop/issues/7');
    expect(heard).toHaveLength(1);
    const [{ method, url, headers, body }] = heard as [Heard];
    expect([method, url]).toEqual(['POST', '/repos/acme/shop/issues']);
    expect(headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28', 'content-type': 'application/json', 'user-agent': 'hotshift' });
    expect(Object.keys(body)).toEqual(['title', 'body']);
    expect(body.title).toBe('shop: Drill stopped');
    expect(body.body.endsWith('\n\n<!-- hotshift-0123456789abcdef -->')).toBe(true);
    // Text of an alarm mentions nobody, is no markup and does not end the comment.
    expect(body.body).not.toMatch(/@everyone|[^\\]<script|[^\\]\*bold/);
    expect(body.body.match(/-->/g)).toHaveLength(1);
  });

  test('the mark is looked for among the newest, open or closed', async () => {
    answers.push({ status: 200, body: [{ body: null }, { body: `x\n\n<!-- ${issue.mark} -->`, html_url: 'https://github.com/acme/shop/issues/5' }] }, { status: 200, body: [] });
    expect(await trackerWith(TOKEN).find(github(), issue.mark)).toBe('https://github.com/acme/shop/issues/5');
    expect(await trackerWith(TOKEN).find(github(), issue.mark)).toBeUndefined();
    expect(heard.map(({ method, url }) => [method, url])).toEqual(Array.from({ length: 2 }, () => ['GET', '/repos/acme/shop/issues?state=all&sort=created&direction=desc&per_page=30']));
  });
});

describe('Jira Cloud', () => {
  test('an issue is created by the documented request: project, type, one line of summary, a document, a label, a day', async () => {
    answers.push({ status: 201, body: { id: '10000', key: 'OPS-24', self: `${base}/rest/api/3/issue/10000` } });
    expect(await trackerWith(LOGIN).create(jira(), issue)).toBe(`${base}/browse/OPS-24`);
    const [{ method, url, headers, body }] = heard as [Heard];
    expect([method, url, headers.authorization, headers.accept]).toEqual(['POST', '/rest/api/3/issue', `Basic ${Buffer.from(LOGIN).toString('base64')}`, 'application/json']);
    expect(body).toEqual({ fields: {
      project: { key: 'OPS' }, issuetype: { name: 'Task' }, summary: 'shop: Drill stopped', labels: [issue.mark], duedate: '2026-12-22',
      description: { type: 'doc', version: 1, content: issue.lines.map((text) => ({ type: 'paragraph', content: [{ type: 'text', text }] })) },
    } });
  });

  test('the mark is looked for by its label', async () => {
    answers.push({ status: 200, body: { issues: [{ key: 'OPS-3' }] } }, { status: 200, body: { issues: [] } });
    expect(await trackerWith(LOGIN).find(jira(), issue.mark)).toBe(`${base}/browse/OPS-3`);
    expect(await trackerWith(LOGIN).find(jira(), issue.mark)).toBeUndefined();
    const asked = new URL(heard[0]!.url, base);
    expect([asked.pathname, asked.searchParams.get('jql')]).toEqual(['/rest/api/3/search/jql', `project = "OPS" AND labels = "${issue.mark}"`]);
  });
});

describe('what goes wrong is told, without the token', () => {
  const failure = async (answer: Answer, timeoutMs?: number): Promise<Error> => {
    answers.push(answer);
    return trackerWith(TOKEN, timeoutMs).create(github(), issue).then(() => { throw new Error('it was taken'); }, (error: unknown) => error as Error);
  };

  test.each<[string, Answer, new (message: string) => Error]>([
    ['a token that is no longer valid', { status: 401, body: { message: `Bad credentials ${TOKEN}` } }, RefusedByAwsError],
    ['a token without the right', { status: 403, body: { message: 'Resource not accessible by personal access token' } }, RefusedByAwsError],
    ['a limit that passes', { status: 403, body: { message: 'You have exceeded a secondary rate limit' } }, TryAgainError],
    ['another limit', { status: 429 }, TryAgainError],
    ['a repository without issues', { status: 410, body: { message: 'Issues are disabled for this repo' } }, RefusedByAwsError],
    ['a field that is not taken', { status: 422, body: { message: 'Validation Failed' } }, RefusedByAwsError],
    ['a failure of theirs', { status: 503, body: TOKEN }, TryAgainError],
    ['an answer that is no JSON', { status: 201, body: '<html>' }, UnexpectedAnswerError],
    ['an answer that names no issue', { status: 201, body: { number: 7 } }, UnexpectedAnswerError],
  ])('%s', async (_what, answer, kind) => {
    const error = await failure(answer);
    expect(error).toBeInstanceOf(kind);
    expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toContain(TOKEN);
  });

  test('a token that is refused is read anew at the next try', async () => {
    await failure({ status: 401 });
    expect(forgotten).toBe(1);
  });

  test('a redirect is not followed: the token goes to nobody else', async () => {
    const error = await failure({ status: 301, headers: { location: `${base}/elsewhere` } });
    expect([error.name, heard.length]).toEqual(['RefusedByAwsError', 1]);
  });

  test('an answer that never comes is given up', async () => {
    expect(await failure({ status: 200, hang: true }, 200)).toBeInstanceOf(TryAgainError);
  });

  test('a login in the header\'s form is known as a secret from then on', async () => {
    answers.push({ status: 200, body: { issues: [] } });
    await trackerWith(LOGIN).find(jira(), issue.mark);
    expect(redactedText(`it said ${Buffer.from(LOGIN).toString('base64')}`)).toBe('it said ***');
  });
});

describe('where nobody is asked', () => {
  test.each(['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '::1', '::', 'fe80::1', 'fd00:ec2::254', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '64:ff9b::a00:1'])('%s is not on the internet', (address) => { expect(isPublic(address)).toBe(false); });
  test.each(['140.82.112.6', '8.8.8.8', '172.32.0.1', '2606:50c0:8000::154', '::ffff:8.8.8.8'])('%s is', (address) => { expect(isPublic(address)).toBe(true); });

  const ask = (url: string) => publicRequest({ url, method: 'GET', headers: { authorization: TOKEN }, timeoutMs: 5000 });
  test('a name that leads to the loopback is refused where the connection would be made, and nothing is heard', async () => {
    await expect(ask(`https://localhost:${new URL(base).port}/`)).rejects.toThrow('localhost is no address on the internet');
    await expect(ask(`https://127.0.0.1:${new URL(base).port}/`)).rejects.toBeInstanceOf(RefusedByAwsError);
    await expect(ask('https://[::1]/')).rejects.toBeInstanceOf(RefusedByAwsError);
    await expect(ask(base)).rejects.toThrow('only https is asked');
    expect(heard).toEqual([]);
  });
});
