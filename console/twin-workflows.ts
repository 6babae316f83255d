// Follows the twin's executions by Step Functions' own API: every start is heard as it goes by, then its history is read until it ends.
import { REGION_A, REGION_B, REGIONS, WITNESS } from '../twin/settings.ts';
import { USERS } from '../twin/network/addresses.ts';
import type { Twin } from '../twin/twin.ts';
import { progress, type HistoryLine, type Progress } from './progress.ts';
import type { WorkflowView } from './view.ts';

interface Followed { readonly arn: string; readonly name: string; readonly machine: string; readonly region: string; readonly progress: Progress }

/** Each vantage point that suspects starts an execution; they come within some seconds of each other. */
const TOGETHER_MS = 20_000;

export class TwinWorkflows {
  readonly #twin: Twin;
  readonly #followed = new Map<string, Followed>();
  readonly #unsubscribe: () => void;
  /** Machines in which something was started that is not followed yet. */
  readonly #dirty = new Set<string>();

  constructor(twin: Twin) {
    this.#twin = twin;
    this.#unsubscribe = twin.cloud.endpoint.onCall((call, phase) => {
      if (phase === 'ended' && call.service === 'sfn' && call.operation === 'StartExecution') this.#dirty.add((call.input as { readonly stateMachineArn?: string }).stateMachineArn ?? '');
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  /** The kind of workflow that runs now, if one does. */
  get running(): string | null {
    return [...this.#followed.values()].find(({ progress: { endedAt } }) => endedAt === null)?.machine ?? null;
  }

  /** The one to look at: of those that run, else of those that were started last, the one that got furthest. Others have found the lease taken. */
  get foremost(): WorkflowView | null {
    const all = [...this.#followed.values()];
    const running = all.filter(({ progress: { endedAt } }) => endedAt === null);
    const lastAt = Math.max(...all.map(({ progress: { startedAt } }) => startedAt ?? 0));
    const candidates = running.length > 0 ? running : all.filter(({ progress: { startedAt } }) => lastAt - (startedAt ?? 0) < TOGETHER_MS);
    const [first] = candidates.sort((one, other) => Object.keys(other.progress.states).length - Object.keys(one.progress.states).length);
    if (first === undefined) return null;
    const { machine, name, region, progress: { states, startedAt, endedAt } } = first;
    return { machine, execution: name, region, startedAt: startedAt ?? Date.now(), endedAt, states };
  }

  /** Reads what may have changed. A region that does not answer keeps what was last read of it. */
  async read(): Promise<void> {
    for (const arn of [...this.#dirty]) {
      const found = this.#machineOf(arn);
      this.#dirty.delete(arn);
      if (found === undefined || !this.#reaches(found.region)) continue;
      const { executions = [] } = await this.#call('ListExecutions', { stateMachineArn: arn }, found.region) as { readonly executions?: readonly { readonly executionArn: string; readonly name: string }[] };
      for (const { executionArn, name } of executions) {
        if (!this.#followed.has(executionArn)) this.#followed.set(executionArn, { arn: executionArn, name, ...found, progress: progress([]) });
      }
    }
    const open = [...this.#followed.values()].filter(({ progress: { endedAt }, region }) => endedAt === null && this.#reaches(region));
    await Promise.all(open.map(async (one) => {
      const { events = [] } = await this.#call('GetExecutionHistory', { executionArn: one.arn, maxResults: 1000, includeExecutionData: false }, one.region) as { readonly events?: readonly HistoryLine[] };
      this.#followed.set(one.arn, { ...one, progress: progress(events) });
    }));
  }

  #call(operation: string, input: object, region: string): Promise<unknown> {
    return this.#twin.cloud.endpoint.call('sfn', operation, input, { region, caller: USERS });
  }

  #reaches(region: string): boolean {
    return this.#twin.network.reachable(USERS, region);
  }

  #machineOf(arn: string): { readonly machine: string; readonly region: string } | undefined {
    const { machines, drillMachines, failbackMachine } = this.#twin;
    const failover = REGIONS.find((region) => machines[region] === arn);
    if (failover !== undefined) return { machine: 'failover', region: failover };
    const drill = [REGION_A, REGION_B].find((region) => drillMachines[region] === arn);
    if (drill !== undefined) return { machine: 'drill', region: drill };
    return arn === failbackMachine ? { machine: 'failback', region: WITNESS } : undefined;
  }
}
