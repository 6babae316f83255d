// The real terminal: colours and progress for people, plain lines in a pipe. A reader that goes away (`| head`) is no error.
import { createInterface } from 'node:readline/promises';
import type { Terminal } from './world.ts';

type Variables = Readonly<Record<string, string | undefined>>;
type Stream = NodeJS.WriteStream & { readonly isTTY?: boolean };

/** NO_COLOR (no-color.org) and dumb terminals are respected; `--no-color` arrives as NO_COLOR. */
export const wantsColour = (isTerminal: boolean, variables: Variables): boolean =>
  isTerminal && !variables['NO_COLOR'] && variables['TERM'] !== 'dumb';

export function processTerminal(variables: Variables, output: Stream = process.stdout, remarks: Stream = process.stderr): Terminal {
  const colour = wantsColour(output.isTTY === true, variables);
  const moving = remarks.isTTY === true && variables['TERM'] !== 'dumb';
  let shown = false;
  const wipe = (): void => {
    if (shown) remarks.write('\r\u001b[K');
    shown = false;
  };
  return {
    colour,
    columns: output.isTTY === true ? output.columns : undefined,
    out: (text) => { wipe(); output.write(`${text}\n`); },
    remark: (text) => { wipe(); remarks.write(`${text}\n`); },
    progress: (text) => {
      if (!moving) return;
      wipe();
      remarks.write(`${text} ...`);
      shown = true;
    },
    ask: async (question, standard) => {
      if (process.stdin.isTTY !== true || remarks.isTTY !== true) return undefined;
      wipe();
      const prompt = createInterface({ input: process.stdin, output: remarks });
      // Ctrl-C in a question is an interruption like any other; Ctrl-D leaves it unanswered.
      prompt.once('SIGINT', () => { process.emit('SIGINT'); });
      const left = new Promise<undefined>((resolve) => { prompt.once('close', () => { resolve(undefined); }); });
      try {
        const answer = await Promise.race([prompt.question(`${question}${standard === '' ? '' : ` [${standard}]`}: `), left]);
        return answer?.trim() === '' ? standard : answer?.trim();
      } finally {
        prompt.close();
      }
    },
  };
}

/** A pipe that was closed by its reader ends the program quietly; any other trouble with it is an error. */
export function quietWhenPipeCloses(streams: readonly Stream[], end: (code: number) => void): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') end(0);
      else throw error;
    });
  }
}
