// Where the record of an execution is kept, for people: the last lines of `hotshift report`. Pure.
import type { SealedRecord } from '../../domain/records.ts';
import type { Timeline } from '../../functions/archive/timeline.ts';
import { safe, timeText, wrapped, type Style } from './style.ts';

export function recordLines({ outcome, execution }: Pick<Timeline, 'outcome' | 'execution'>, record: SealedRecord | undefined, style: Style, columns?: number): readonly string[] {
  const line = (text: string): readonly string[] => wrapped(safe(text), columns, '  ', `${style.dim('Record:')} `);
  if (record === undefined) return line(outcome === undefined ? 'none yet, as it has not ended' : `none is kept. Step Functions tells of an end by best effort: keep it yourself with hotshift report ${execution} --save DIRECTORY`);
  const { bucket, key, region, seal, number, keptAt } = record;
  const place = `s3://${bucket}/${key}.json and .html in ${region}`;
  return line(keptAt === undefined ? `number ${number}, sealed as ${seal.slice(0, 12)}, is NOT yet in ${place}: look at the dead letters there` : `number ${number}, sealed as ${seal.slice(0, 12)}, kept since ${timeText(keptAt)} as ${place}`);
}
