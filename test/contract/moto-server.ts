// moto's server as a process of a test: started on a free port of the loopback, stopped at its end.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export const ACCOUNT = '111122223333';

/** Werkzeug says on which port it listens when it was asked for any. */
export async function started(): Promise<{ readonly server: ChildProcess; readonly url: string }> {
  const command = process.env['HOTSHIFT_MOTO_SERVER'];
  if (command === undefined) throw new Error('HOTSHIFT_MOTO_SERVER names no moto_server: run this by npm run judges');
  const server = spawn(command, ['-H', '127.0.0.1', '-p', '0'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, MOTO_ACCOUNT_ID: ACCOUNT, PYTHONUNBUFFERED: '1' } });
  let said = '';
  for await (const [chunk] of linesOf(server)) {
    said += chunk;
    const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
    if (url !== undefined) {
      // Its log of requests is read on, or its pipe would fill up and stop it.
      server.stdout?.resume();
      server.stderr?.resume();
      return { server, url };
    }
  }
  throw new Error(`moto_server ended: ${said}`);
}

async function* linesOf(server: ChildProcess): AsyncGenerator<readonly [string]> {
  const queue: string[] = [];
  let wake: () => void = () => undefined;
  let ended = false;
  const heard = (chunk: Buffer): void => { queue.push(chunk.toString()); wake(); };
  server.stdout?.on('data', heard);
  server.stderr?.on('data', heard);
  server.on('exit', () => { ended = true; wake(); });
  while (!ended || queue.length > 0) {
    const next = queue.shift();
    if (next !== undefined) yield [next];
    else await new Promise<void>((resolve) => { wake = resolve; });
  }
}

export async function stopped(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const gone = once(server, 'exit');
  server.kill();
  await gone;
}
