// Archive: the record of an execution that has ended goes to where nobody can change it. It is started by the end and is no step of anything:
// whatever fails here is tried again and told, and no failover waits for it. Repeated, it writes nothing twice.
import { RefusedByAwsError, TryAgainError, UnexpectedAnswerError } from '../../domain/errors.ts';
import type { FollowUpStore } from '../../domain/follow-ups.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';
import type { Clock, Journal } from '../../domain/ports.ts';
import { bucketOf, type CostRates, type Histories, type RecordArchive, type RecordIndex, type SealedRecord } from '../../domain/records.ts';
import { costOf, usageGuessed, usageOf, type ExecutionCost } from './cost.ts';
import { evidenceOf, inOrder, type EndStatus, type Evidence, type EvidenceParts } from './evidence.ts';
import { filesOf, keyOf, lastAlike } from './files.ts';
import { followUpRows } from './follow-ups.ts';

export interface ArchiveInput { readonly executionArn: string; readonly name: string; readonly status: EndStatus; readonly stopDate: Instant }
export type Archived =
  | { readonly archived: 'kept' | 'there'; readonly execution: string; readonly seal: string; readonly bucket: string; readonly key: string }
  | { readonly archived: 'nothing'; readonly execution: string; readonly reason: string };

export interface ArchivePorts {
  readonly journal: Pick<Journal, 'list'>;
  readonly followUps: Pick<FollowUpStore, 'list'>;
  readonly histories: Histories;
  readonly records: RecordIndex;
  readonly archive: RecordArchive;
  readonly clock: Pick<Clock, 'now'>;
}
export interface ArchivePlace { readonly region: Region; readonly rates: CostRates | undefined; readonly planOf: (application: string) => ApplicationPlan }

export const archive = (ports: ArchivePorts, place: ArchivePlace) =>
  async (input: ArchiveInput): Promise<Archived> => {
    const entries = inOrder(await ports.journal.list(input.name));
    const [first] = entries;
    if (first === undefined) return { archived: 'nothing', execution: input.name, reason: `it ended as ${input.status} before it journaled anything` };
    const ended = { status: input.status, at: input.stopDate };
    const cost = await costFound(ports.histories, place, input.executionArn, entries, first.application);
    const { record, evidence, all } = await seated(ports, place, input, entries, { cost, ended });
    const { execution, seal, bucket, key } = record;
    if (record.keptAt !== undefined) return { archived: 'there', execution, seal, bucket, key };
    const rows = followUpRows(await ports.followUps.list(record.application), execution, ports.clock.now());
    const { json, html } = filesOf(evidence, entries.slice(0, record.entries), ended, lastAlike(all, evidence), rows);
    const account = accountOf(input.executionArn);
    await ports.archive.put({ bucket, account, key: `${key}.json`, text: json, contentType: 'application/json' });
    await ports.archive.put({ bucket, account, key: `${key}.html`, text: html, contentType: 'text/html; charset=utf-8' });
    await ports.records.markKept(record, ports.clock.now());
    return { archived: 'kept', execution, seal, bucket, key };
  };

/** Two that end at the same moment want the same number; the second one looks again. */
const TRIES_MAX = 10;

interface Seated { readonly record: SealedRecord; readonly evidence: Evidence; readonly all: readonly SealedRecord[] }

/** The place in the chain, taken now or by an earlier try, with the record as it was sealed there. */
async function seated({ records, clock }: ArchivePorts, { region }: ArchivePlace, { executionArn, name }: ArchiveInput, entries: readonly JournalEntry[], parts: EvidenceParts): Promise<Seated> {
  const application = entries[0]?.application ?? '';
  for (let turn = 0; turn < TRIES_MAX; turn += 1) {
    const all = await records.list(application);
    const own = all.find(({ execution }) => execution === name);
    const last = all.at(-1);
    const previous = own?.previous ?? last?.seal ?? '';
    const evidence = evidenceOf(entries.slice(0, own?.entries ?? entries.length), { seal: previous }, parts);
    if (evidence === undefined) throw new UnexpectedAnswerError(`${name}: no record can be made of its journal`);
    if (own !== undefined) return { record: asSealed(own, evidence), evidence, all };
    const { kind, outcome, seal, phases } = evidence;
    const record: SealedRecord = {
      application, execution: name, number: (last?.number ?? 0) + 1, kind, outcome, seal, previous, entries: entries.length, phases,
      region, bucket: bucketOf(accountOf(executionArn), region), key: keyOf(application, name), sealedAt: clock.now(),
    };
    if (await records.add(record)) return { record, evidence, all: [...all, record] };
  }
  throw new TryAgainError(`${name}: its place in the chain of records of ${application} was taken ${TRIES_MAX} times`);
}

/** Later records follow this seal: another record under it would be a forgery, ours too. */
function asSealed(own: SealedRecord, { seal }: Evidence): SealedRecord {
  if (own.keptAt !== undefined || own.seal === seal) return own;
  throw new UnexpectedAnswerError(`${own.execution}: it was sealed as ${own.seal.slice(0, 12)} and would now be ${seal.slice(0, 12)}: its journal, its history or the package has changed since`);
}

/** A history that may not be read must not cost the record: then it is an estimate, and says so. */
async function costFound(histories: Histories, { rates, planOf }: ArchivePlace, executionArn: string, entries: readonly JournalEntry[], application: string): Promise<ExecutionCost> {
  const { regions } = planOf(application);
  // The pair and the witness.
  const replicas = regions.length + 1;
  try {
    return costOf(usageOf(await histories.list(executionArn)), replicas, rates);
  } catch (error) {
    if (!(error instanceof RefusedByAwsError)) throw error;
    return costOf(usageGuessed(entries, { stepSeconds: rates?.stepSeconds ?? 0 }), replicas, rates);
  }
}

/** `arn:aws:states:REGION:ACCOUNT:execution:...` */
const accountOf = (executionArn: string): string => executionArn.split(':')[4] ?? '';
