// A world without AWS for commands: stores in memory that keep their ports' promises, a clock that stands, a terminal that remembers.
import { RefusedByAwsError } from '../../../domain/errors.ts';
import type { DrillRecord } from '../../../domain/drill.ts';
import type { FollowUp } from '../../../domain/follow-ups.ts';
import type { SealedRecord } from '../../../domain/records.ts';
import type { Announcement, InstanceFacts } from '../../../domain/ports.ts';
import type { JournalEntry } from '../../../domain/journal.ts';
import type { FenceIntent, Lease, Permit } from '../../../domain/lease.ts';
import type { Observation, ObservationResult } from '../../../domain/observation.ts';
import { runCommandLine } from '../../../cli/program.ts';
import type { Connection, Target, World } from '../../../cli/world.ts';
import { exampleText } from '../config/example.ts';
import { failedOver, handedOver, running, startAt, stoodDown } from './journals.ts';

export const now = startAt + 600_000;

export interface Stored {
  lease: Lease;
  permits: Permit[];
  intents: FenceIntent[];
  observations: Observation[];
  journal: JournalEntry[];
  drills: DrillRecord[];
  followUps: FollowUp[];
  records?: SealedRecord[];
  approvals: Map<string, { taskToken: string; summary: string; askedAt: number; needsAnother?: boolean; decision?: 'approve' | 'deny'; by?: string; answeredAt?: number }>;
  told: Announcement[];
  started: { region: string; arn: string; name: string; input: unknown }[];
  answered: { region: string; taskToken: string; output: unknown }[];
  /** The region in which waiting executions run; another one does not know their tokens. */
  runsIn: string;
  replica: InstanceFacts | undefined;
  /** Run right before a lease is replaced: another writer who is faster. */
  beforeReplace: (() => void) | undefined;
}

export const calmLease: Lease = { application: 'shop', epoch: 7, expiresAt: startAt - 2_141_400_000, acknowledgementDue: false, cooldownUntil: startAt - 2_137_800_000 };

/** The shop on a good day, ten minutes after the executions of journals.ts. */
export function calm(): Stored {
  return {
    lease: calmLease,
    permits: [{ application: 'shop', database: 'orders', epoch: 7, writer: 'eu-west-1', withdrawn: false, renewals: { a: now - 1200, b: now - 800, c: now - 2100 }, surrenders: {} }],
    intents: [],
    observations: (['eu-west-1', 'eu-central-1', 'eu-west-2'] as const).flatMap((vantagePoint) => [seen(vantagePoint, 'eu-west-1', 'up'), seen(vantagePoint, 'eu-central-1', 'up')]),
    journal: [...failedOver, ...stoodDown, ...handedOver, ...running],
    drills: (['eu-west-1', 'eu-central-1'] as const).map((evacuated): DrillRecord => ({ application: 'shop', execution: `drill-${evacuated}`, mode: 'traffic', outcome: 'Drill passed', evacuated, startedAt: now - 86_400_000, at: now - 80_000_000, step: 'Hold drill', reason: '', heldSeconds: 1800, open: false, scaled: [] })), followUps: [], approvals: new Map(), told: [], started: [], answered: [], runsIn: 'eu-central-1',
    replica: { identifier: 'orders-frankfurt', status: 'available', isReplica: true, backupRetentionDays: 7 },
    beforeReplace: undefined,
  };
}

/** While eu-west-1 is down, its own vantage point is silent and the failover of `running` promotes. */
export function outage(): Stored {
  return {
    ...calm(),
    lease: { application: 'shop', epoch: 8, holder: 'shop-running', expiresAt: now + 96_000, incident: 'inc-20261124T085950Z', evacuated: 'eu-west-1', acknowledgementDue: true },
    permits: [{ application: 'shop', database: 'orders', epoch: 8, writer: 'eu-west-1', withdrawn: true, withdrawnAt: now - 64_000, renewals: { a: now - 71_000, b: now - 70_200 }, surrenders: {} }],
    intents: [{ application: 'shop', database: 'orders', region: 'eu-west-1', epoch: 8, recordedAt: now - 64_000, execution: 'shop-running' }],
    observations: [
      { ...seen('eu-west-1', 'eu-west-1', 'up'), at: now - 76_000 }, { ...seen('eu-west-1', 'eu-central-1', 'up'), at: now - 76_000 },
      seen('eu-central-1', 'eu-west-1', 'down'), seen('eu-central-1', 'eu-central-1', 'up'), seen('eu-west-2', 'eu-west-1', 'down'), seen('eu-west-2', 'eu-central-1', 'slow'),
    ],
  };
}

const reasons: Readonly<Record<ObservationResult, string>> = {
  up: 'answers and writes', down: 'timed out after 2 s', slow: 'answered after 1.6 s', impaired: 'answers, but its write failed', abstained: 'the control endpoint cannot be reached either',
};

export function seen(vantagePoint: string, target: string, result: ObservationResult): Observation {
  const bad = result !== 'up';
  return {
    application: 'shop', vantagePoint, target, at: now - 2300, result, reason: reasons[result], latencyMs: result === 'down' ? 2000 : result === 'slow' ? 1600 : 38,
    consecutiveFailures: bad ? 14 : 0, write: bad ? 'unknown' : 'ok',
  };
}

export function connection(stored: Stored): Connection {
  return {
    leases: {
      read: async (application) => (application === stored.lease.application ? stored.lease : { application, epoch: 0, expiresAt: 0, acknowledgementDue: false }),
      replace: async (before, next) => {
        stored.beforeReplace?.();
        if (JSON.stringify(before) !== JSON.stringify(stored.lease)) return false;
        stored.lease = next;
        return true;
      },
    },
    permits: {
      read: async (application, database) => stored.permits.find((permit) => permit.application === application && permit.database === database),
      withdraw: async () => { throw new Error('the command line withdraws no permits'); },
      forget: async () => { throw new Error('the command line forgets no servers'); },
      grant: async ({ application, database, epoch, writer }) => {
        const before = stored.permits.find((permit) => permit.database === database);
        if (before !== undefined && before.epoch >= epoch) return before.epoch === epoch && before.writer === writer && !before.withdrawn;
        stored.permits = [...stored.permits.filter((permit) => permit.database !== database), { application, database, epoch, writer, withdrawn: false, renewals: before?.renewals ?? {}, surrenders: before?.surrenders ?? {} }];
        return true;
      },
    },
    intents: {
      listOpen: async (application, region) => stored.intents.filter((intent) => intent.application === application && intent.region === region && intent.liftedAt === undefined),
      read: async (_, database, region) => stored.intents.find((intent) => intent.database === database && intent.region === region),
      lift: async ({ database, region, epoch }, at) => {
        const before = stored.intents.find((intent) => intent.database === database && intent.region === region);
        if (before?.epoch !== epoch) return false;
        stored.intents = stored.intents.map((intent) => (intent === before ? { ...before, liftedAt: before.liftedAt ?? at } : intent));
        return true;
      },
      record: async () => { throw new Error('the command line orders no fence'); },
      recordProof: async () => { throw new Error('the command line proves nothing'); },
    },
    observations: { list: async (application) => stored.observations.filter((entry) => entry.application === application), put: async () => { throw new Error('the command line observes nothing'); } },
    journal: {
      list: async (execution) => stored.journal.filter((entry) => entry.execution === execution),
      record: async (entry) => { stored.journal.push(entry); },
    },
    drills: { list: async () => stored.drills, put: async () => { throw new Error('no command writes what a drill was worth'); } },
    followUps: {
      list: async () => stored.followUps,
      add: async (found) => { if (!stored.followUps.some(({ id }) => id === found.id)) stored.followUps.push(found); },
      replace: async (before, after) => {
        stored.beforeReplace?.();
        const index = stored.followUps.findIndex(({ id, version }) => id === before.id && version === before.version);
        if (index >= 0) stored.followUps[index] = { ...after, version: before.version + 1 };
        return index >= 0;
      },
    },
    approvals: {
      read: async (_, execution) => stored.approvals.get(execution),
      take: async ({ execution, word, by, at, breakGlass }) => {
        const asked = stored.approvals.get(execution);
        if (asked === undefined) return { kind: 'unknown' };
        if (word === 'hold') return { kind: 'held', summary: asked.summary };
        if (word === 'approve' && asked.needsAnother === true && breakGlass !== true) return { kind: 'more', by, needed: 2 };
        if (asked.decision === undefined) stored.approvals.set(execution, { ...asked, decision: word, by, answeredAt: at });
        const found = stored.approvals.get(execution)!;
        return found.decision === word && found.by === by ? { kind: 'taken', taskToken: found.taskToken, summary: found.summary, by } : { kind: 'answered', decision: found.decision!, by: found.by!, at: found.answeredAt! };
      },
    },
    records: { list: async () => stored.records ?? [] },
    outbox: { put: async (waiting) => { stored.told.push(waiting.announcement); } },
    executions: {
      start: async (region, arn, name, input) => { stored.started.push({ region, arn, name, input }); return `${arn}:${name}`; },
      answer: async (region, taskToken, output) => {
        if (region !== stored.runsIn) throw new RefusedByAwsError('the execution does not wait for this answer any more');
        stored.answered.push({ region, taskToken, output });
      },
    },
    describe: async () => stored.replica,
  };
}

export interface Outside {
  stored?: Stored;
  files?: Record<string, string>;
  /** Answers to questions, in order; none: there is no terminal. */
  answers?: string[];
  connect?: (target: Target) => Promise<Connection>;
  askAws?: World['askAws'];
  colour?: boolean;
  columns?: number;
  variables?: Record<string, string>;
}

export interface Ran { readonly code: number; readonly out: string; readonly remarks: string; readonly files: Record<string, string>; readonly stored: Stored; readonly targets: readonly Target[] }

/** Runs one command line in a world of its own; `hotshift.yml` is the example unless `files` says otherwise. */
export async function hotshift(line: readonly string[], outside: Outside = {}): Promise<Ran> {
  const stored = outside.stored ?? calm();
  const files = outside.files ?? { 'hotshift.yml': exampleText };
  const targets: Target[] = [];
  const out: string[] = [];
  const remarks: string[] = [];
  const answers = [...(outside.answers ?? [])];
  const world: World = {
    terminal: {
      out: (text) => out.push(text), remark: (text) => remarks.push(text), progress: () => {}, ask: async () => answers.shift(),
      colour: outside.colour ?? false, columns: outside.columns,
    },
    clock: { now: () => now, sleep: async () => {} },
    variables: outside.variables ?? {},
    user: 'ana',
    connect: outside.connect ?? (async (target) => { targets.push(target); return connection(stored); }),
    ...(outside.askAws === undefined ? {} : { askAws: outside.askAws }),
    readText: async (path) => files[path],
    readParts: async (path) => { const text = files[path]; return text === undefined ? undefined : (async function* parts() { for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7); })(); },
    writeText: async (path, text, overwrite) => {
      if (files[path] !== undefined && !overwrite) return false;
      files[path] = text;
      return true;
    },
  };
  const code = await runCommandLine(line, world);
  return { code, out: out.join('\n'), remarks: remarks.join('\n'), files, stored, targets };
}

export const region = ['--region', 'eu-west-2'] as const;
