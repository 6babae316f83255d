// The stores of Hotshift's table, by the same adapters that the steps use. Loaded when a command needs them: `check` and `--help`
// start without the SDK.
import type { Connection, Target } from './world.ts';

/** Makes no call yet: the first command to the table is the first to find out whether it is there. */
export async function connect({ region, table }: Target): Promise<Connection> {
  const [{ tableIn }, { leaseStore }, { permitStore }, { intentStore }, { observationStore }, { journal }, { approvalAnswers }, { executionsOf }, { databaseOf }, { outboxStore }] = await Promise.all([
    import('../adapters/table.ts'), import('../adapters/lease-store.ts'), import('../adapters/permit-store.ts'),
    import('../adapters/intent-store.ts'), import('../adapters/observation-store.ts'), import('../adapters/journal.ts'),
    import('../adapters/approval-answers.ts'), import('../adapters/executions.ts'), import('../adapters/database.ts'), import('../adapters/outbox-store.ts'),
  ]);
  const shared = tableIn(region, table);
  const [{ drillStore }, { followUpStore }, { recordIndex }] = await Promise.all([import('../adapters/drill-store.ts'), import('../adapters/follow-up-store.ts'), import('../adapters/record-index.ts')]);
  return {
    leases: leaseStore(shared), permits: permitStore(shared), intents: intentStore(shared), observations: observationStore(shared), journal: journal(shared),
    approvals: approvalAnswers(shared), drills: drillStore(shared), followUps: followUpStore(shared), records: recordIndex(shared), outbox: outboxStore(shared), executions: executionsOf(), describe: (...asked) => databaseOf({ databaseTls: 'verify' }).describe(...asked),
  };
}
