// The records of ended executions: sealed one after the other for each application, and kept where nobody can change them. The list of them
// lies in the table and says where each one is; the bucket is written once for each file and never read.
import type { Phase } from './journal.ts';
import type { Instant, Region } from './plan.ts';

/** How long the bucket holds each record. `compliance`: nobody at all can shorten it, the account's owner neither. */
export interface EvidencePlan { readonly retentionDays: number; readonly mode: 'governance' | 'compliance' }

/** An auditor looks back a year, and a month more to be made. Governance: a mistake in a first trial can still be taken back, by two visible acts. */
export const STANDARD_EVIDENCE: EvidencePlan = { retentionDays: 400, mode: 'governance' };

/** The bucket of a region; each stack makes its own, so that a survivor needs no other region to keep what it did. */
export const bucketOf = (account: string, region: Region): string => `hotshift-evidence-${account}-${region}`;

/** A record's place in the chain of its application. It is taken before the record is written: two that end at once do not follow the same one. */
export interface SealedRecord {
  readonly application: string;
  readonly execution: string;
  /** 1 for the first of the application. */
  readonly number: number;
  readonly kind: string;
  readonly outcome: string;
  readonly seal: string;
  /** Seal of the record before; empty for the first. */
  readonly previous: string;
  /** How many entries of the journal it covers: what is written later is no part of it. */
  readonly entries: number;
  readonly phases: readonly Phase[];
  readonly region: Region;
  readonly bucket: string;
  /** Without its ending: `.json` is the record, `.html` the page. */
  readonly key: string;
  readonly sealedAt: Instant;
  /** Absent until both files are in the bucket. */
  readonly keptAt?: Instant;
}

export interface RecordIndex {
  /** In order of their numbers. */
  list(application: string): Promise<readonly SealedRecord[]>;
  /** False when the number is taken. */
  add(record: SealedRecord): Promise<boolean>;
  /** Says that both files are there; repeated, the first time stands. */
  markKept(record: SealedRecord, at: Instant): Promise<void>;
}

export interface RecordFile { readonly bucket: string; /** The account that must own the bucket: a stranger's bucket of that name takes nothing. */ readonly account: string; readonly key: string; readonly text: string; readonly contentType: string }

export interface RecordArchive {
  /** Writes once: `there` when a file of that key exists, which is left as it is. */
  put(file: RecordFile): Promise<'written' | 'there'>;
}

/** One event of an execution's history; `previousId` 0 for the first. */
export interface HistoryStep { readonly id: number; readonly previousId: number; readonly type: string; readonly at: Instant }
export interface Histories {
  list(executionArn: string): Promise<readonly HistoryStep[]>;
}

/** Prices of one day and what is assumed where nothing is measured (cost/). */
export interface CostRates {
  /** The day on which the prices were read, and where they hold. */
  readonly read: string;
  readonly region: string;
  readonly transition: number;
  readonly gbSecond: number;
  readonly call: number;
  readonly write: number;
  readonly readUnit: number;
  readonly memoryGb: number;
  readonly stepSeconds: number;
  readonly callReads: number;
  readonly callWrites: number;
}
