// The permit store as adapters/permit-store.ts is: the renewals are listed after the permit was read, and much may happen in between.
import type { PermitStore } from '../domain/ports.ts';
import type { Table } from './table.ts';

type Ask = <T>(port: string, act: () => T, detail?: unknown) => Promise<T>;

export const permitsOf = (table: Table, ask: Ask): PermitStore => ({
  async read(_, database) {
    const permit = await ask('permits.read', () => table.permits.get(database));
    return permit === undefined ? undefined : { ...permit, ...await ask('permits.renewals', () => table.listRenewals(database)) };
  },
  withdraw: (_, database, epoch, at) => ask('permits.withdraw', () => table.withdraw(database, epoch, at), { database, epoch }),
  grant: (permit) => ask('permits.grant', () => table.grant(permit), permit),
  forget: (_, database, server, renewedAt) => ask('permits.forget', () => table.forget(database, server, renewedAt)),
});
