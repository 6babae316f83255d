// `/hotshift drill`: when which region was drilled, what a drill would do, and, said a second time with `now`, its start. The workflow
// looks at everything itself; what it would refuse for the lease's sake is said here at once. Everybody in the channel sees who started it.
import { blocksOf } from '../../domain/control.ts';
import { lastGood, staleDrills, staleText } from '../../domain/drill.ts';
import { drillMeaning, drillStart } from '../../domain/starting.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { AskedDrill } from './command.ts';
import type { HearPorts } from './hear.ts';
import { escaped, only, type Reply } from './reply.ts';

export async function drillLines(ports: HearPorts, plan: ApplicationPlan, asked: AskedDrill | undefined): Promise<readonly string[]> {
  const [records, now] = [await ports.drills.list(plan.application), ports.clock.now()];
  if (asked === undefined) {
    const stale = staleDrills(plan.regions, records, now);
    const fresh = plan.regions.flatMap((region) => {
      const last = lastGood(records, region);
      return last === undefined || stale.some((one) => one.region === region && one.kind === 'traffic') ? [] : [`${region}: drilled well on ${new Date(last.at).toISOString().slice(0, 10)}`];
    });
    return [`*${plan.application}*`, ...fresh, ...stale.map(staleText), 'What one would do: `/hotshift drill REGION`'];
  }
  const trouble = await refusal(ports, plan, asked);
  return [drillMeaning(plan, asked), trouble === undefined ? `To start it: \`/hotshift drill ${plan.application} ${asked.evacuate}${asked.mode === 'switchover' ? ' switchover' : ''} now\`` : `It would be refused now: ${trouble}`];
}

export async function startDrill(ports: HearPorts, plan: ApplicationPlan, by: string, asked: AskedDrill): Promise<Reply> {
  const trouble = await refusal(ports, plan, asked);
  if (trouble !== undefined) return only(escaped(`refused: ${trouble}`));
  const now = ports.clock.now();
  const { place, arn, name, input } = drillStart(plan, { ...asked, by }, now);
  // Before it is started: who let it happen must be known whatever comes then.
  await ports.journal.record({ execution: name, application: plan.application, at: now, step: 'Operator', kind: 'decision', summary: `${asked.mode} drill that leaves ${asked.evacuate} started by ${by} (Slack)` });
  await ports.executions.start(place, arn, name, input);
  return { text: escaped(`*${plan.application}* ${by} starts a drill: ${drillMeaning(plan, asked)} Follow it: \`/hotshift why ${name}\``), toAll: true };
}

async function refusal(ports: HearPorts, plan: ApplicationPlan, { evacuate }: AskedDrill): Promise<string | undefined> {
  if (!plan.regions.includes(evacuate)) return `${plan.application} does not run in ${evacuate}; name one of: ${plan.regions.join(', ')}`;
  return blocksOf(await ports.leases.read(plan.application), ports.clock.now())[0];
}
