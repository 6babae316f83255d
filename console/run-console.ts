// `hotshift twin`: the console on a twin of this machine. Prints the link with the token, opens it where a person looks at a terminal, and
// ends everything with Ctrl-C.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Settings } from '../twin/settings.ts';
import { makeAssets } from './assets.ts';
import { EventLog } from './event-log.ts';
import { outlines } from './outlines.ts';
import { startConsole } from './server.ts';
import { TwinSession } from './twin-session.ts';
import { emptyView } from './view.ts';

export interface ConsoleChoice { readonly port: number; readonly open: boolean }

/** Runs until it is interrupted. */
export async function runConsole(settings: Settings, { port, open }: ConsoleChoice): Promise<'kept' | 'cannotRun'> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const log = new EventLog(randomBytes(6).toString('hex'), emptyView('twin', outlines(), Date.now()));
  const session = new TwinSession(log, settings, say);
  const token = randomBytes(24).toString('base64url');
  const server = await startConsole({ log, token, assets: await makeAssets(), port, act: (action) => Promise.resolve(session.act(action)), report: () => session.report });
  const interrupted = untilInterrupted(say);
  // The token is behind the #: browsers never send it, and no log of a server holds it.
  const link = `${server.url}#${token}`;
  console.log(`console: ${link}`);
  if (open) openPage(link, say);
  const begun = await Promise.race([session.start(), interrupted.then(() => 'interrupted' as const)]);
  if (begun === true) say('  the twin stands; Ctrl-C ends it');
  if (begun === false) say(`the twin could not start: ${log.view.session.detail}`);
  if (begun === true) await interrupted;
  await server.close();
  await session.close();
  return begun === false ? 'cannotRun' : 'kept';
}

/** Everything that was started is stopped first, also what is just being started. A second one ends at once. */
function untilInterrupted(say: (text: string) => void): Promise<void> {
  process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM');
  return new Promise((resolve) => {
    let asked = false;
    const ask = (): void => {
      if (asked) process.exit(130);
      asked = true;
      say('\nstopping everything that was started; once more to end at once');
      resolve();
    };
    process.on('SIGINT', ask).on('SIGTERM', ask);
  });
}

/** Best effort: the link is printed as well. */
function openPage(link: string, say: (text: string) => void): void {
  const child = spawn(process.platform === 'darwin' ? 'open' : 'xdg-open', [link], { stdio: 'ignore', detached: true });
  child.on('error', () => say('  no browser could be opened here: follow the link above'));
  child.unref();
}
