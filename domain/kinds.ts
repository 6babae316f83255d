// In what the kinds of databases differ for those who decide. No step asks for a kind by its name: it asks for what it must know,
// and the adapters choose the calls. A new kind is a line here, an adapter and a model.
import type { DatabaseKind, DatabasePlan } from './plan.ts';

export interface KindTraits {
  /** A planned change of the writer is one call that waits for the last byte itself, and fails rather than lose one. */
  readonly isSwitchover: boolean;
  /** An old writer becomes a replica by itself once its region is well, on a new volume: nothing is set aside, and nothing is made. */
  readonly rejoins: boolean;
}

const TRAITS: Readonly<Record<DatabaseKind, KindTraits>> = {
  'rds-replica': { isSwitchover: false, rejoins: false },
  // Aurora guide, "Using switchover or failover in Aurora Global Database".
  'aurora-global': { isSwitchover: true, rejoins: true },
};

export const traitsOf = ({ kind }: Pick<DatabasePlan, 'kind'>): KindTraits => TRAITS[kind];
