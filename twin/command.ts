// `hotshift twin`: run one fault, or list the faults. Progress on standard error, the result on standard output.
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
  twin.command('run', { isDefault: true }).description('start the twin, break it, watch Hotshift, read both databases, report')
    .option('--fault <name>', `what breaks: ${FAULTS.join(', ')}`, 'region-crash')
    .option('--ttl <seconds>', 'TTL of the application records (1)')
    .option('--wan <ms>', 'round trip between regions (40)')
    .option('--rate <n>', 'requests per second, half of them writes (200)')
    .option('--rpo <seconds>', 'how much may be lost (30)')
    .option('--probe-interval <seconds>', 'between probes (1)')
    .option('--failures <n>', 'failed probes in a row before a region is suspected (3)')
    .option('--permit-ttl <seconds>', 'life of a write permit (5)')
    .option('--cut <seconds>', 'partition-crash, replication-cut: from the cut to the crash (3)')
    .option('--promote-delay <seconds>', 'how much longer RDS takes than the engine (0)')
    .option('--seed <n>', 'random phases of the clocks')
    .option('--directory <path>', 'where the run keeps its files (the system\'s temporary directory)')
    .option('--keep', 'keep the files of the run')
    .option('--report <file>', 'where the HTML report goes (reports/twin-<fault>.html)')
    .option('--json', 'print one JSON object last')
    .addHelpText('after', '\nExamples:\n  hotshift twin run\n  hotshift twin run --fault partition --json\n  hotshift twin run --fault region-crash --ttl 20 --rate 400\n\nExit codes: 0 ended as it must and all invariants hold; 1 it did not; 2 bad options; 4 the twin cannot run here')
    .action(async (options: Options) => {
      const settings = settingsOf(options);
      if (typeof settings === 'string') {
        console.error(settings);
        process.exitCode = EXIT.usage;
        return;
      }
      const { runTwin } = await import('./run.ts');
      process.exitCode = EXIT[await runTwin(settings, { json: options.json === true, ...(typeof options['report'] === 'string' ? { report: options['report'] } : {}) })];
    });
}

const NAMES: Readonly<Record<string, keyof Settings>> = {
  fault: 'fault', ttl: 'ttlSeconds', wan: 'wanRoundTripMs', rate: 'rate', rpo: 'rpoSeconds', probeInterval: 'probeIntervalSeconds', failures: 'failuresToSuspect',
  permitTtl: 'permitTtlSeconds', cut: 'cutSeconds', promoteDelay: 'promoteDelaySeconds', seed: 'seed', directory: 'directory', keep: 'keep',
};
const TEXTS: ReadonlySet<string> = new Set(['fault', 'directory', 'keep']);

/** The settings, or in words what is wrong with an option, by its name on the command line. */
function settingsOf(options: Options): Settings | string {
  const given = Object.entries(NAMES).filter(([option]) => options[option] !== undefined)
    .map(([option, name]) => [name, TEXTS.has(option) ? options[option] : Number(options[option])] as const);
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
