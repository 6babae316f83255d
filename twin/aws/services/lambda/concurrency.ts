// Provisioned concurrency of aliases: what is asked for is there after a while, or fails for a quota that the account has. The account's
// own limit on reservations, weighing of versions and the routing of an alias are not modelled.
import type { GetProvisionedConcurrencyConfigCommandInput, PutProvisionedConcurrencyConfigCommandInput } from '@aws-sdk/client-lambda';
import { ACCOUNT_ID, AwsError, type CallContext, type Clock } from '../../service.ts';

export interface AliasSeed { readonly region: string; readonly name: string; readonly qualifier: string; readonly concurrency: number }
export interface ConcurrencyOptions {
  readonly clock: Clock;
  readonly aliases?: readonly AliasSeed[];
  /** How long it takes until the places are there. */
  readonly allocateMs?: number;
  /** The account's concurrency that may be provisioned in a region; more is refused at once. */
  readonly concurrencyMax?: number;
}

interface Kept { readonly seed: AliasSeed; requested: number; available: number; at: number }

export function concurrencyHandlers({ clock, aliases = [], allocateMs = 0, concurrencyMax = 1000 }: ConcurrencyOptions) {
  const kept = aliases.map((seed): Kept => ({ seed, requested: seed.concurrency, available: seed.concurrency, at: clock.now() }));
  const find = (name = '', qualifier: string | undefined, region: string): Kept => {
    const found = kept.find(({ seed }) => seed.region === region && seed.name === name && seed.qualifier === qualifier);
    if (found === undefined) throw new AwsError('ResourceNotFoundException', `Cannot find alias arn: arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${name}:${qualifier}`, { status: 404, fields: { Type: 'User' } });
    return found;
  };
  const shape = ({ requested, available, at }: Kept) => ({
    RequestedProvisionedConcurrentExecutions: requested, AvailableProvisionedConcurrentExecutions: available, AllocatedProvisionedConcurrentExecutions: available,
    Status: available < requested ? 'IN_PROGRESS' : 'READY', LastModified: new Date(at).toISOString(),
  });
  return {
    GetProvisionedConcurrencyConfig: ({ FunctionName, Qualifier }: GetProvisionedConcurrencyConfigCommandInput, { region }: CallContext) => {
      const found = find(FunctionName, Qualifier, region);
      if (found.requested === 0) throw new AwsError('ProvisionedConcurrencyConfigNotFoundException', 'No Provisioned Concurrency Config found for this function', { status: 404, fields: { Type: 'User' } });
      return shape(found);
    },
    PutProvisionedConcurrencyConfig: ({ FunctionName, Qualifier, ProvisionedConcurrentExecutions: wanted = 0 }: PutProvisionedConcurrencyConfigCommandInput, { region }: CallContext) => {
      const found = find(FunctionName, Qualifier, region);
      const others = kept.filter((one) => one !== found && one.seed.region === region).reduce((sum, { requested }) => sum + requested, 0);
      if (wanted < 1) throw new AwsError('ValidationException', `1 validation error detected: Value '${wanted}' at 'provisionedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 1`);
      // AWS refuses what would leave fewer than 100 executions unreserved, with this name.
      if (wanted + others > concurrencyMax) throw new AwsError('InvalidParameterValueException', `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].`, { status: 400, fields: { Type: 'User' } });
      [found.requested, found.at] = [wanted, clock.now()];
      if (allocateMs === 0 || wanted <= found.available) found.available = wanted;
      else void clock.sleep(allocateMs).then(() => { if (found.requested === wanted) found.available = wanted; });
      return shape(found);
    },
  };
}
