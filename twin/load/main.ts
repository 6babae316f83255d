// The load generator as a process of its own, so that its timers do not wait for the twin's work. The configuration comes
// as JSON in the first argument or over IPC; statistics and the result go out over IPC, or as JSON lines without it.
import type { Marks } from './aftermath.ts';
import type { FromLoad, LoadConfig, ToLoad } from './config.ts';
import { LoadGenerator } from './generator.ts';

const tell = (message: FromLoad): Promise<void> =>
  new Promise((resolve) => {
    if (process.send) process.send(message, undefined, undefined, () => resolve());
    else process.stdout.write(`${JSON.stringify(message)}\n`, () => resolve());
  });

let generator: LoadGenerator | undefined;

function start(config: LoadConfig): void {
  generator = new LoadGenerator(config, { onSecond: (statistics) => void tell({ kind: 'second', statistics }) });
  generator.start();
  void tell({ kind: 'started' });
}

async function stop(marks?: Marks): Promise<void> {
  const stopping = generator;
  generator = undefined;
  if (stopping) await tell({ kind: 'result', result: await stopping.stop(marks) });
  process.exit(0);
}

process.on('message', (message: ToLoad) => {
  if (message.kind === 'start' && !generator) start(message.config);
  if (message.kind === 'stop') void stop(message.marks);
});
// Whoever started us is gone: nobody will read the result.
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
process.on('uncaughtException', (error) => {
  void tell({ kind: 'failed', message: error.stack ?? error.message }).then(() => process.exit(1));
});

const [, , argument] = process.argv;
if (argument) start(JSON.parse(argument) as LoadConfig);
else void tell({ kind: 'waiting' });
