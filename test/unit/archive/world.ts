// A bucket, a chain and a history in memory, for tests of what happens after an end.
import type { FollowUp } from '../../../domain/follow-ups.ts';
import type { JournalEntry } from '../../../domain/journal.ts';
import type { CostRates, HistoryStep, RecordFile, SealedRecord } from '../../../domain/records.ts';
import type { ArchiveInput, ArchivePlace, ArchivePorts } from '../../../functions/archive/archive.ts';
import { plan, start, survivor } from '../ports.ts';

export const rates: CostRates = { read: '2026-11-24', region: 'us-east-1', transition: 0.000025, gbSecond: 0.0000133334, call: 0.0000002, write: 0.000000625, readUnit: 0.000000125, memoryGb: 0.5, stepSeconds: 0.5, callReads: 4, callWrites: 4 };
export const place: ArchivePlace = { region: survivor, rates, planOf: () => plan };

export const line = (execution: string, at: number, step: string, kind: JournalEntry['kind'], more: Partial<JournalEntry> = {}): JournalEntry =>
  ({ execution, application: plan.application, at: start + at, step, kind, summary: step, ...more });
export const journalOf = (execution: string, outcome: string): readonly JournalEntry[] => [
  line(execution, 0, 'Verify outage', 'gate', { gates: [{ gate: 'quorum', passed: true, value: '2', threshold: '2' }], evidence: [] }),
  line(execution, 6000, 'Conclude', 'result', { summary: outcome, evidence: { outcome, reason: 'seen', seconds: 6, configSha256: 'abc', version: '0.1.0', runbook: 'r' } }),
];
export const input = (name: string, status: ArchiveInput['status'] = 'SUCCEEDED', machine = 'failover'): ArchiveInput =>
  ({ executionArn: `arn:aws:states:${survivor}:111122223333:execution:hotshift-${machine}:${name}`, name, status, stopDate: start + 7000 });

/** Two states, one of them a call of a second that was tried twice. */
export const history: readonly HistoryStep[] = [
  ['ExecutionStarted', 0], ['TaskStateEntered', 0], ['TaskScheduled', 0], ['TaskStarted', 0], ['TaskFailed', 1000], ['TaskScheduled', 1500], ['TaskStarted', 1500], ['TaskSucceeded', 2500], ['TaskStateExited', 2500], ['SucceedStateEntered', 2500], ['SucceedStateExited', 2500], ['ExecutionSucceeded', 2500],
].map(([type, at], index) => ({ id: index + 1, previousId: index, type: String(type), at: start + Number(at) }));

export interface Kept { journal: JournalEntry[]; records: SealedRecord[]; files: Map<string, RecordFile>; followUps: FollowUp[]; puts: string[]; failing?: Error | undefined; historyFails?: Error | undefined; taking?: (() => void) | undefined }

export function world(): { readonly kept: Kept; readonly ports: ArchivePorts } {
  const kept: Kept = { journal: [], records: [], files: new Map(), followUps: [], puts: [] };
  let now = start + 8000;
  const ports: ArchivePorts = {
    clock: { now: () => (now += 1) },
    journal: { list: async (execution) => kept.journal.filter((entry) => entry.execution === execution) },
    followUps: { list: async () => kept.followUps },
    histories: { list: async () => { if (kept.historyFails !== undefined) throw kept.historyFails; return history; } },
    records: {
      list: async () => [...kept.records],
      add: async (record) => {
        const taking = kept.taking;
        kept.taking = undefined;
        taking?.();
        if (kept.records.some(({ number }) => number === record.number)) return false;
        kept.records.push(record);
        return true;
      },
      markKept: async (record, at) => { kept.records = kept.records.map((one) => (one.number === record.number && one.seal === record.seal && one.keptAt === undefined ? { ...one, keptAt: at } : one)); },
    },
    archive: { put: async (file) => {
      if (kept.failing !== undefined) throw kept.failing;
      kept.puts.push(file.key);
      if (kept.files.has(file.key)) return 'there';
      kept.files.set(file.key, file);
      return 'written';
    } },
  };
  return { kept, ports };
}
