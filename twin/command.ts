// `hotshift twin`: the live console, one run of one fault, or a list of the faults. Progress on standard error, the result on standard output.
import type { Command } from 'commander';
import { FAULTS, FAULT_TEXTS, settingsSchema, type Settings } from './settings.ts';

interface Options { readonly fault?: string; readonly json?: boolean; readonly [name: string]: unknown }

/** 0: it ended as it must and all invariants hold. 1: it did not. 2: bad options. 4: the twin could not run here. */
const EXIT = { kept: 0, broken: 1, usage: 2, cannotRun: 4 } as const;

export function registerTwin(program: Command): void {
  const twin = program.command('twin').description('run Hotshift on this machine: real PostgreSQL, real DNS, the deployed bundles and state machine');
  twin.command('faults').description('list the faults, what they do and how Hotshift must end').action(() => {
    for (const fault of FAULTS) console.log(`${fault.padEnd(18)} ${FAULT_TEXTS[fault].ends.padEnd(12)} ${FAULT_TEXTS[fault].does}`);
  });
  registerConsole(twin);
  twin.command('run').description('start the twin, break it, watch Hotshift, read both databases, report')
    .option('--fault <name>', `what breaks: ${FAULTS.join(', ')}`, 'region-crash')
    .option('--drill <mode>', 'a drill instead of a fault: traffic, switchover, rehearsal')
    .option('--hold <seconds>', 'how long a drill holds; half an hour in production (10)')
    .option('--step <seconds>', 'how long each step of a ramp is looked at; a minute in production (3)')
    .option('--patience <seconds>', 'how long a drill waits for a region to be well (30)')
    .option('--ttl <seconds>', 'TTL of the application records (1)')
    .option('--wan <ms>', 'round trip between regions (40)')
    .option('--rate <n>', 'requests per second, half of them writes (200)')
    .option('--rpo <seconds>', 'how much may be lost (30)')
    .option('--probe-interval <seconds>', 'between probes (1)')
    .option('--probe-timeout <seconds>', 'of one probe (0.9); raise it together with the interval on a busy machine')
    .option('--failures <n>', 'failed probes in a row before a region is suspected (3)')
    .option('--permit-ttl <seconds>', 'life of a write permit (5)')
    .option('--cut <seconds>', 'partition-crash, replication-cut: from the cut to the crash (3)')
    .option('--promote-delay <seconds>', 'how much longer RDS takes than the engine (0)')
    .option('--slow <step=seconds>', 'a step\'s Lambda starts so much later, such as promote=12: time to try commands on it; may be repeated', (text: string, before: readonly string[] = []) => [...before, text])
    .option('--after <seconds>', 'how long the twin runs on after the outcome, or waits for a person after a hand-over (3)')
    .option('--approve', 'two people must agree in Slack, and do; what is forged or copied before comes to nothing')
    .option('--failback', 'region-crash, region-return: the old region returns, and the writer is brought home; prints what that lost, and the list of what the failover had lost')
    .option('--databases <n>', '3: a configuration that all users share, written in A, and a shard for the users of each region; without drill and failback (1)')
    .option('--without-agent', 'never start the agent that closes the old region\'s database; the run must then fail')
    .option('--strategies <names>', 'ways to move users, in order: health-check-switch,weighted-records (weighted-records)')
    .option('--seed <n>', 'random phases of the clocks')
    .option('--directory <path>', 'where the run keeps its files (the system\'s temporary directory)')
    .option('--keep', 'keep the files of the run')
    .option('--report <file>', 'where the HTML report goes (reports/twin-<fault>.html); of a drill: the directory (reports)')
    .option('--json', 'print one JSON object last')
    .addHelpText('after', '\nExamples:\n  hotshift twin run\n  hotshift twin run --fault partition --json\n  hotshift twin run --drill traffic --hold 20\n  hotshift twin run --drill switchover\n  hotshift twin run --fault region-crash --ttl 20 --rate 400\n\nExit codes: 0 ended as it must and all invariants hold; 1 it did not; 2 bad options; 4 the twin cannot run here')
    .action(async (options: Options) => {
      const settings = settingsOf(options);
      if (typeof settings === 'string') {
        console.error(settings);
        process.exitCode = EXIT.usage;
        return;
      }
      if (settings.drill !== undefined) {
        const run = settings.drill === 'switchover' ? (await import('./switchover-run.ts')).runSwitchover : (await import('./drill-run.ts')).runDrill;
        process.exitCode = EXIT[await run({ ...settings, fault: 'none' }, { json: options.json === true, ...(typeof options['report'] === 'string' ? { report: options['report'] } : {}) })];
        return;
      }
      const { runTwin } = await import('./run.ts');
      process.exitCode = EXIT[await runTwin(settings, { json: options.json === true, ...(typeof options['report'] === 'string' ? { report: options['report'] } : {}) })];
    });
}

/** Without a word behind it, `hotshift twin` is this. */
function registerConsole(twin: Command): void {
  twin.command('console', { isDefault: true }).description('start the twin and open its page: see two regions live, break them, and read the report')
    .option('--port <n>', 'where the page is served, on 127.0.0.1 (any free one)')
    .option('--no-open', 'only print the link')
    .option('--approve', 'two people must agree in Slack before anything moves: you press their buttons')
    .option('--ttl <seconds>', 'TTL of the application records (1)')
    .option('--wan <ms>', 'round trip between regions (40)')
    .option('--rate <n>', 'requests per second, half of them writes (200)')
    .option('--rpo <seconds>', 'how much may be lost (30)')
    .option('--probe-interval <seconds>', 'between probes (1); raise it on a busy machine')
    .option('--probe-timeout <seconds>', 'of one probe (0.9)')
    .option('--permit-ttl <seconds>', 'life of a write permit (5)')
    .option('--hold <seconds>', 'how long a drill holds (10)')
    .option('--seed <n>', 'random phases of the clocks')
    .option('--directory <path>', 'where the run keeps its files (the system\'s temporary directory)')
    .addHelpText('after', '\nExamples:\n  hotshift twin\n  hotshift twin --approve --rate 50\n\nExit codes: 0 interrupted by you; 2 bad options; 4 the twin cannot run here')
    .action(async ({ port, open, ...options }: Options & { readonly port?: string; readonly open?: boolean }) => {
      // With everything that the page has buttons for.
      const settings = settingsOf({ ...options, fault: 'none', drill: 'traffic', failback: true });
      const wrong = port !== undefined && !(Number.isInteger(Number(port)) && Number(port) >= 0 && Number(port) <= 65_535) ? `--port ${port}: a number from 0 to 65535` : undefined;
      if (typeof settings === 'string' || wrong !== undefined) {
        console.error(wrong ?? settings);
        process.exitCode = EXIT.usage;
        return;
      }
      const { runConsole } = await import('../console/run-console.ts');
      process.exitCode = EXIT[await runConsole(settings, { port: Number(port ?? 0), open: open !== false && process.stdout.isTTY })];
    });
}

const NAMES: Readonly<Record<string, keyof Settings>> = {
  fault: 'fault', drill: 'drill', hold: 'holdSeconds', step: 'stepSeconds', patience: 'patienceSeconds', ttl: 'ttlSeconds', wan: 'wanRoundTripMs', rate: 'rate', rpo: 'rpoSeconds', probeInterval: 'probeIntervalSeconds', probeTimeout: 'probeTimeoutSeconds', failures: 'failuresToSuspect',
  permitTtl: 'permitTtlSeconds', slow: 'slowSteps', failback: 'failback', after: 'afterSeconds', databases: 'databases', withoutAgent: 'withoutAgent', approve: 'approve', strategies: 'strategies', cut: 'cutSeconds', promoteDelay: 'promoteDelaySeconds', seed: 'seed', directory: 'directory', keep: 'keep',
};
const TEXTS: ReadonlySet<string> = new Set(['fault', 'drill', 'directory', 'keep', 'withoutAgent', 'approve', 'failback']);

const valueOf = (option: string, given: unknown): unknown => {
  if (TEXTS.has(option)) return given;
  if (option === 'strategies') return String(given).split(',');
  if (option !== 'slow') return Number(given);
  return Object.fromEntries((given as readonly string[]).map((text) => text.split('=')).map(([step = '', seconds]) => [step, Number(seconds)]));
};

/** The settings, or in words what is wrong with an option, by its name on the command line. */
function settingsOf(options: Options): Settings | string {
  const given = Object.entries(NAMES).filter(([option]) => options[option] !== undefined)
    .map(([option, name]) => [name, valueOf(option, options[option])] as const);
  const found = settingsSchema.safeParse(Object.fromEntries(given));
  if (found.success) {
    const probes = found.data.probeTimeoutSeconds >= found.data.probeIntervalSeconds ? { ...found.data, probeTimeoutSeconds: found.data.probeIntervalSeconds * 0.9 } : found.data;
    return probes;
  }
  return found.error.issues.map((issue) => {
    const option = Object.entries(NAMES).find(([, name]) => name === issue.path[0])?.[0] ?? String(issue.path[0]);
    const flag = option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return `--${flag} ${String(options[option])}: ${issue.message}. See hotshift twin run --help`;
  }).join('\n');
}
