// One pass over a record through one policy or several side by side: the same evidence for each, and what each would have done.
import type { ApplicationPlan, Instant } from '../domain/plan.ts';
import { Engine } from './engine.ts';
import type { Episode } from './episodes.ts';
import type { Placed } from './read.ts';
import { isNear, scoreOf, type Incident, type Score } from './score.ts';

export interface Candidate { readonly name: string; readonly plan: ApplicationPlan }

export interface Result {
  readonly name: string;
  /** Those with a decision, those near a label, and the newest of the others. */
  readonly episodes: readonly Episode[];
  /** Episodes that were only counted, to keep memory bounded. */
  readonly notKept: number;
  readonly score?: Score;
}

export interface Replayed { readonly records: number; readonly from?: Instant; readonly to?: Instant; readonly results: readonly Result[] }

/** So many episodes without a decision or a label are kept for people to read. */
export const KEPT_MAX = 1000;

export async function replay(evidence: AsyncIterable<Placed>, candidates: readonly Candidate[], incidents: readonly Incident[] | undefined, acknowledgeSeconds?: number): Promise<Replayed> {
  const runs = candidates.map((candidate) => run(candidate, incidents ?? [], acknowledgeSeconds ?? candidate.plan.policy.cooldownSeconds));
  let records = 0;
  let span: { from: Instant; to: Instant } | undefined;
  for await (const { evidence: one } of evidence) {
    records += 1;
    span = { from: span?.from ?? one.at, to: one.at };
    for (const { engine } of runs) await engine.take(one);
  }
  for (const { engine } of runs) await engine.end();
  return { records, ...span, results: runs.map(({ kept, name }) => ({ name, ...kept(), ...(incidents === undefined ? {} : { score: scoreOf(kept().episodes, incidents) }) })) };
}

function run({ name, plan }: Candidate, incidents: readonly Incident[], acknowledgeSeconds: number) {
  const episodes: Episode[] = [];
  const others: Episode[] = [];
  let notKept = 0;
  const labelled = (episode: Episode): boolean => incidents.some((incident) => isNear(episode, incident));
  const onEpisode = (episode: Episode): void => {
    if (episode.decision !== undefined || labelled(episode)) episodes.push(episode);
    else if (others.push(episode) > KEPT_MAX) {
      others.shift();
      notKept += 1;
    }
  };
  const kept = () => ({ episodes: [...episodes, ...others].sort((left, right) => left.since - right.since), notKept });
  return { name, engine: new Engine({ plan, acknowledgeSeconds, onEpisode }), kept };
}
