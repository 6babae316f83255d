// The dialog that Slack shows before a yes counts: application, direction, and how much may be lost, from the assessment through the workflow's
// own expression to the pressed button. The loss is computed here from clocks alone, by no line of production code.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { cardMessage } from '../../../adapters/slack-message.ts';
import type { ApplicationPlan } from '../../../domain/plan.ts';
import { approveInput, assessOutput } from '../../../events/contracts.ts';
import { approve } from '../../../functions/approve/approve.ts';
import { assess } from '../../../functions/assess/assess.ts';
import { database, failover, home, Memory, plan, seen, start, survivor, witness } from '../ports.ts';

interface Button { readonly action_id: string; readonly confirm: { readonly title: { readonly text: string }; readonly text: { readonly text: string } } }

/** Block Kit's bound of a confirmation's text (Slack's reference of composition objects). */
const TEXT_MAX = 300;
const asking = (names: readonly string[]): ApplicationPlan => ({ ...plan, policy: { ...plan.policy, approval: 'required', approvalsNeeded: 2 }, databases: names.map((name) => ({ ...database, name })) });

/** What the person at the button reads. `lags`: how far each replica is behind the last write that anybody saw. */
async function dialogOf(lags: readonly (number | 'promoted')[], names = lags.map((_, index) => `database-with-a-long-name-${index}`)): Promise<readonly Button[]> {
  const memory = new Memory(asking(names)).held();
  const lastWriteAt = start - 15_000;
  memory.see(...[survivor, witness].map((place) => seen(place, home, 'down', { lastWriteAt })), ...[survivor, witness].map((place) => seen(place, survivor, 'impaired', { lastWriteAt: lastWriteAt - 60_000 })));
  // One that a failover before has promoted: servers go there by their permit.
  lags.forEach((lag, index) => { if (lag === 'promoted') memory.permits.set(names[index] ?? '', { ...memory.permits.get(names[index] ?? '')!, writer: survivor }); });
  lags.forEach((lag, index) => memory.facts.set(`${names[index]}#${survivor}`, lag === 'promoted' ? { inRecovery: false, readAt: start } : { inRecovery: true, replayedAt: lastWriteAt - lag - 100, heartbeatAt: lastWriteAt - lag, readAt: start }));
  const found = assessOutput.parse(await assess(memory.ports(), memory.plan)({ failover, epoch: 1 }));
  expect(found.safe).toBe(true);
  await approve(memory.ports(), memory.plan)(approveInput.parse({ failover, epoch: 1, taskToken: 'token', summary: `2 of 3 vantage points see ${home} down. ${found.reason}`, exposureSeconds: found.approval.exposureSeconds ?? null }));
  const said = memory.told[0]!;
  const { blocks } = cardMessage(said, said.card!, 'C0') as unknown as { readonly blocks: readonly { readonly type: string; readonly elements?: readonly Button[] }[] };
  return blocks.find(({ type }) => type === 'actions')!.elements!;
}
const approveOf = (buttons: readonly Button[]): Button['confirm'] => buttons.find(({ action_id: id }) => id.endsWith('approve'))!.confirm;

describe('the dialog before a yes', () => {
  test('names application, direction and the loss of the worst database, whatever their number and names', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 0, max: plan.budgets.rpoSeconds * 1000 }), { minLength: 1, maxLength: 6 }), async (lags) => {
      const { title, text } = approveOf(await dialogOf(lags));
      const tenths = Math.max(...lags) / 100;
      const told = Number(/up to (\d+\.\d) s of acknowledged writes may be lost/.exec(text.text)?.[1]);
      // To the tenth of a second that is shown.
      expect(Math.abs(told * 10 - tenths)).toBeLessThanOrEqual(0.5 + 1e-9);
      expect(title.text).toBe(`Approve: ${failover.application}?`);
      expect(text.text).toContain(`${failover.application}: ${home} -> ${survivor}. `);
      expect(text.text).toContain(`${plan.budgets.rpoSeconds} s (the RPO)`);
      expect(text.text).toContain('2 people must say yes.');
      expect(text.text.length).toBeLessThanOrEqual(TEXT_MAX);
    }), { numRuns: 50 });
  });
  test('a database that is promoted already loses nothing more', async () => {
    expect(approveOf(await dialogOf(['promoted', 2500])).text.text).toContain('up to 2.5 s');
    expect(approveOf(await dialogOf(['promoted'])).text.text).toContain('up to 0.0 s');
  });
  test('what nobody knows is no zero, and is said by an execution of an older definition too', async () => {
    const memory = new Memory(asking(['orders'])).held();
    await approve(memory.ports(), memory.plan)(approveInput.parse({ failover, epoch: 1, taskToken: 'token', summary: 'because' }));
    expect(memory.told[0]?.card?.question).toMatchObject({ loss: expect.stringMatching(/^How much may be lost is unknown; with more than 30 s/) });
  });
  test('nothing but a yes tells of a loss', async () => {
    for (const { action_id: id, confirm } of await dialogOf([1000])) if (!id.endsWith('approve')) expect(confirm.text.text).not.toContain('lost');
  });
  test('the workflow hands on what the assessment found', () => {
    const { States } = parse(readFileSync(new URL('../../../statemachines/failover.asl.yaml', import.meta.url), 'utf8')) as { readonly States: Readonly<Record<string, { readonly Assign?: Readonly<Record<string, string>>; readonly Arguments?: { readonly Payload: Readonly<Record<string, string>> } }>> };
    expect(States['Assess survivor']?.Assign?.['approval']).toBe('{% $states.result.Payload.approval %}');
    expect(States['Approve failover']?.Arguments?.Payload['exposureSeconds']).toContain('$approval.exposureSeconds');
  });
});
