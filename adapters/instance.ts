// Which instance of a database stands in a region.
import { RefusedByAwsError } from '../domain/errors.ts';
import type { DatabaseInstancePlan, DatabasePlan, Region } from '../domain/plan.ts';

/** The instance of `database` in `region`. A plan is complete, so a missing one means that the wrong region is asked. */
export function instanceIn(database: DatabasePlan, region: Region): DatabaseInstancePlan {
  const instance = database.instances[region];
  if (instance !== undefined) return instance;
  throw new RefusedByAwsError(`database ${database.name} has no instance in ${region}; it has ${Object.keys(database.instances).join(', ')}`);
}
