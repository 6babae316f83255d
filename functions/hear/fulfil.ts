// Does what a command asks for. Looking changes nothing; a person's word changes the control item as the command line does, and is
// said to the whole channel.
import { changedLease } from '../../domain/change-lease.ts';
import { acknowledge, isHeld, pause, resume, type ControlChange } from '../../domain/control.ts';
import type { Lease } from '../../domain/lease.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import { HELP, type Wish } from './command.ts';
import { drillLines, startDrill } from './drilling.ts';
import { escaped, only, type Reply } from './reply.ts';
import type { HearPorts } from './hear.ts';
import { statusLines, whyLines } from './telling.ts';

export async function fulfil(ports: HearPorts, plan: ApplicationPlan, by: string, wish: Wish, request: string): Promise<Reply> {
  const now = ports.clock.now();
  switch (wish.wish) {
    case 'help': return only(wish.problem === undefined ? HELP : `${wish.problem}\n${HELP}`);
    case 'drill': return only((await drillLines(ports, plan, wish.drill)).map(escaped).join('\n'));
    case 'start drill': return startDrill(ports, plan, by, wish.drill);
    case 'status': {
      const [lease, observations] = await Promise.all([ports.leases.read(plan.application), ports.observations.list(plan.application)]);
      return only(statusLines(plan, lease, observations, now).map(escaped).join('\n'));
    }
    case 'why': return only((await why(ports, plan, wish.execution)).map(escaped).join('\n'));
    case 'pause': return change(ports, plan, by, request, (lease) => pause(lease, now + wish.seconds * 1000, `${by} (${wish.reason})`, now));
    case 'resume': return change(ports, plan, by, request, (lease) => resume(lease, by, now));
    case 'ack': return change(ports, plan, by, request, (lease) => acknowledge(lease, by, now), 'resolve');
  }
}

async function why({ leases, journal }: HearPorts, plan: ApplicationPlan, asked: string | undefined): Promise<readonly string[]> {
  const execution = asked ?? (await leases.read(plan.application)).holder;
  if (execution === undefined) return ['Nothing runs now. Name an execution: it stands in its message.'];
  const entries = await journal.list(execution);
  // Another application's journal is not this channel's business.
  return whyLines(execution, entries.filter(({ application }) => application === plan.application));
}

async function change(ports: HearPorts, plan: ApplicationPlan, by: string, request: string, decide: (lease: Lease) => ControlChange, pager?: 'resolve'): Promise<Reply> {
  const done = await changedLease(ports.leases, ports.clock, plan.application, decide);
  if (done.kind === 'refused') return only(escaped(`refused: ${done.reason} (${done.fix})`));
  if (done.kind !== 'changed') return only(escaped(done.reason));
  const { after, summary } = done;
  const now = ports.clock.now();
  const holder = isHeld(after, now) ? after.holder : undefined;
  // A person's word belongs into the journal of the execution that it meets.
  if (holder !== undefined) await ports.journal.record({ execution: holder, application: plan.application, at: now, step: 'Operator', kind: 'decision', summary: `${summary} (Slack)`, epoch: after.epoch });
  if (after.incident !== undefined) {
    await ports.messenger.send(plan, {
      key: `operator/${request}`, application: plan.application, incident: after.incident, severity: 'info', title: `${plan.application} ${summary}`, lines: [`By ${by}, from Slack.`],
      card: { state: summary.split(' ')[0] ?? '', decided: summary }, ...(pager === undefined ? {} : { pager }),
    }).catch(() => undefined);
  }
  return { text: escaped(`*${plan.application}* ${summary}`), toAll: true };
}
