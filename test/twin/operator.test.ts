// A person at work on a running twin, with the very commands of the table on AWS: pauses between fence and promotion, looks, and goes on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../../adapters/clock.ts';
import { connect } from '../../cli/connection.ts';
import { runCommandLine } from '../../cli/program.ts';
import { runningTwin } from '../../cli/running-twin.ts';
import { broken, environment, resultIn, root, runDirectory, UNHURRIED } from './command-line.ts';

const RUN_MS_MAX = 480_000;
/** For one thing to be seen: a twin on a busy machine starts and detects within two minutes. */
const SEEN_MS_MAX = 200_000;
let directory = '';
beforeAll(() => { directory = runDirectory(); });
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** In this process, so that a busy machine does not spend the seconds between two steps on starting Node. */
async function says(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const lines: string[] = [];
  const note = (text: string): void => void lines.push(text);
  const code = await runCommandLine([...args, '--twin', directory], {
    terminal: { out: note, remark: note, progress: () => undefined, ask: () => Promise.resolve(undefined), colour: false, columns: undefined },
    clock: systemClock, variables: {}, user: 'ana', readText: (path) => Promise.resolve(readFileSync(path, 'utf8')), readParts: () => Promise.resolve(undefined), writeText: () => Promise.resolve(false), findTwin: runningTwin,
    connect: (target) => {
      Object.assign(process.env, { AWS_ENDPOINT_URL: target.endpoint, AWS_ACCESS_KEY_ID: 'AKIDOPERATOR', AWS_SECRET_ACCESS_KEY: 'twin' });
      return connect(target);
    },
  });
  return { code, out: lines.join('\n') };
}

test('paused between fence and promotion it stops there, says where it stands, and a person goes on', async () => {
  const child = spawn(process.execPath, [join(root, 'cli', 'main.ts'), 'twin', 'run', '--fault', 'region-crash', ...UNHURRIED, '--slow', 'promote=15', '--after', '90', '--json', '--directory', directory, '--report', join(directory, 'paused.html')], { cwd: directory, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, progress] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => { stdout += bytes.toString(); });
  const exited = once(child, 'exit');
  // Listens before anybody waits, so that what is looked for has been added.
  child.stderr.on('data', (bytes: Buffer) => { progress += bytes.toString(); });
  const seen = (pattern: RegExp): Promise<RegExpExecArray> => new Promise((resolve, reject) => {
    const look = (): void => {
      const found = pattern.exec(progress);
      if (found !== null) resolve(found);
    };
    const give = (why: string) => (): void => reject(new Error(`${why} before ${String(pattern)} was seen:\n${progress.slice(-3000)}`));
    setTimeout(give('time was over'), SEEN_MS_MAX).unref();
    child.stderr.on('data', look);
    child.once('exit', give('it ended'));
    look();
  });
  try {
    await seen(/steady:/);
    expect((await says('status', 'shop')).out).toContain('us-east-1');
    await seen(/Fence writer +orders: fenced/);
    const paused = await says('pause', 'shop', '--for', '30m', '--reason', 'asking the business');
    expect(paused).toMatchObject({ code: 0, out: expect.stringMatching(/paused until .* by ana \(asking the business\)[\s\S]*stops before its next change[\s\S]*What to do next[\s\S]*hotshift why \S+/) });
    const [, execution = ''] = /hotshift why (\S+)/.exec(paused.out) ?? [];
    await seen(/Conclude +Handed to a human at "Promote replica": stopped before its next change: paused by ana/);

    // Nothing more was changed after the word, and the commands say where it stands.
    expect((await says('status', 'shop')).out).toMatch(new RegExp(`orders: NOBODY CAN WRITE: ${execution} withdrew its permits`));
    const why = (await says('why', execution)).out;
    expect(why).toMatch(/Handed to a human[\s\S]*A person stopped it, at "Promote replica"\. The old writer is fenced.*NOBODY CAN WRITE[\s\S]*hotshift resume shop[\s\S]*hotshift failover shop[\s\S]*hotshift reinstate shop/);
    expect(why).not.toContain('RDS accepted the promotion');
    expect((await says('failover', 'shop', '--evacuate', 'us-east-1', '--reason', 'go', '--yes')).code).toBe(3);
    expect((await says('abort', execution)).code).toBe(3);

    expect(await says('resume', 'shop')).toMatchObject({ code: 0, out: expect.stringMatching(/does not go on by itself[\s\S]*hotshift failover shop --evacuate us-east-1/) });
    expect((await says('failover', 'shop', '--evacuate', 'us-east-1', '--reason', 'the business agreed', '--yes')).out).toContain('started');
    await seen(/Conclude +Failed over/);
    expect((await says('ack', 'shop')).out).toMatch(/acknowledged by ana[\s\S]*cooldown goes on by itself/);
    expect((await says('ack', 'shop')).out).toContain('nothing to do');
    const [code] = await exited as [number];
    const result = resultIn(stdout, progress.slice(-3000));
    expect({ code, outcome: result.outcome, epoch: result.epoch, writers: result.writersSeen, outside: result.lostOutsideWindow, broken: broken(result) }).toEqual({ code: 0, outcome: 'Failed over', epoch: 2, writers: 1, outside: 0, broken: [] });
  } finally {
    if (child.exitCode === null && child.kill('SIGINT')) await exited;
  }
}, RUN_MS_MAX);
