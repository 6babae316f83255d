// What a command may use of the world around it. Tests give their own; main.ts gives the real one.
import type { Executions } from '../adapters/executions.ts';
import type { ApprovalAnswers, Clock, Database, IntentStore, Journal, LeaseStore, ObservationStore, Outbox, PermitStore } from '../domain/ports.ts';
import type { DrillStore } from '../domain/drill.ts';
import type { FollowUpStore } from '../domain/follow-ups.ts';
import type { Region } from '../domain/plan.ts';
import type { RecordIndex } from '../domain/records.ts';
import type { AskAws } from './inspection.ts';
import type { RunningTwin } from './running-twin.ts';

/** The stores of one table, as they are reached from one region. */
export interface Connection {
  readonly leases: LeaseStore;
  readonly permits: PermitStore;
  readonly intents: IntentStore;
  readonly observations: ObservationStore;
  readonly journal: Journal;
  readonly approvals: ApprovalAnswers;
  readonly drills: DrillStore;
  readonly followUps: FollowUpStore;
  /** Where records are kept; the command line writes none. */
  readonly records: Pick<RecordIndex, 'list'>;
  readonly outbox: Pick<Outbox, 'put'>;
  readonly executions: Executions;
  /** What RDS says of an instance. */
  readonly describe: Database['describe'];
}

export interface Target {
  readonly region: Region;
  readonly table: string;
  /** Of a twin; AWS when absent. */
  readonly endpoint?: string;
}

export interface Terminal {
  /** Results, to standard output. */
  out(text: string): void;
  /** Remarks and errors, to standard error. */
  remark(text: string): void;
  /** What is being waited for; shown on a terminal only, and wiped by the next output. */
  progress(text: string): void;
  /** Asks a person; undefined when nobody can answer. */
  ask(question: string, standard: string): Promise<string | undefined>;
  readonly colour: boolean;
  /** Columns of the terminal; undefined in a pipe, where lines are not wrapped. */
  readonly columns: number | undefined;
}

export interface World {
  readonly terminal: Terminal;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Who is at the keyboard, for the record. */
  readonly user: string;
  readonly connect: (target: Target) => Promise<Connection>;
  /** The twin that runs on this machine; throws when there is none. */
  readonly findTwin?: (directory: string | undefined) => RunningTwin;
  /** Reads AWS for `check --aws`. */
  readonly askAws?: AskAws;
  /** Undefined when there is no such file. */
  readonly readText: (path: string) => Promise<string | undefined>;
  /** A file as a stream of text, for those that are too long to hold; undefined when there is no such file. */
  readonly readParts: (path: string) => Promise<AsyncIterable<string> | undefined>;
  /** False when the file exists and must not be overwritten. */
  readonly writeText: (path: string, text: string, overwrite: boolean) => Promise<boolean>;
}
