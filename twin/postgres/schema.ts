// Fills a fresh primary with the sample application's tables and roles. The roles get their passwords here: random ones per run,
// which exist in this process and in what it hands to its children, and nowhere else.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SUPERUSER } from './data-directory.ts';
import type { PostgresServer } from './server.ts';

export const APPLICATION_USER = 'app';
export const MAINTENANCE_USER = 'hotshift';
export const REPLICATION_USER = 'replicator';

/** Passwords by role. */
export interface Passwords {
  readonly postgres: string;
  readonly app: string;
  readonly hotshift: string;
  readonly replicator: string;
}

/** A synchronous standby cannot confirm these commits: it logs in with a role that they create. */
const LOCAL = 'set synchronous_commit = local';

/** 24 random bytes as hex: no character needs quoting anywhere. */
const password = (): string => randomBytes(24).toString('hex');

export const newPasswords = (): Passwords => ({ postgres: password(), app: password(), hotshift: password(), replicator: password() });

/** Creates the database if it is not the default one, then tables, roles and their passwords in one transaction. */
export async function createSchema(server: PostgresServer, passwords: Passwords): Promise<void> {
  const { databaseName = SUPERUSER } = server.plan;
  if (databaseName !== SUPERUSER) {
    await server.session(async (client) => {
      await client.query(LOCAL);
      await client.query(`create database ${client.escapeIdentifier(databaseName)}`);
    }, SUPERUSER);
  }
  const sql = readFileSync(fileURLToPath(new URL('schema.sql', import.meta.url)), 'utf8');
  const logins = [[APPLICATION_USER, passwords.app], [MAINTENANCE_USER, passwords.hotshift], [REPLICATION_USER, passwords.replicator]] as const;
  await server.session(async (client) => {
    await client.query(`begin; ${LOCAL}; ${sql}; ${logins.map(([role, secret]) => `alter role ${role} password '${secret}';`).join(' ')} commit`);
  });
}
