// Rows of two databases by their keys, for the comparison after a failover. Names of tables and columns come from the plan, which has
// checked them, and are quoted all the same; values go as parameters.
import { UnexpectedAnswerError } from '../domain/errors.ts';
import { keyText, type ComparedTable, type Rows, type WrittenRow } from '../domain/failback.ts';
import type { Environment } from './environment.ts';
import { secretsManager } from './secrets.ts';
import { inSession, type Row, type SqlSettings } from './sql.ts';

export function sqlRows(sql: SqlSettings): Rows {
  return {
    async written(database, region, table, since, limit, after) {
      const { key, at, place } = columns(table);
      // The key as text orders rows of one moment, so that no page repeats or skips one.
      const beyond = after === undefined ? '' : ` and (${at}, array[${key.join(', ')}]) > (to_timestamp($3::numeric / 1000), $4::text[])`;
      const statement = `select array[${key.join(', ')}] as key, extract(epoch from ${at}) * 1000 as at
        from ${place} where ${at} >= to_timestamp($1::numeric / 1000)${beyond} order by ${at}, array[${key.join(', ')}] limit $2`;
      const found = await inSession(sql, database, region, (session) => session.rows(statement, [since, limit, ...(after === undefined ? [] : [after.at, [...after.key]])]));
      return found.map(rowOf);
    },
    async held(database, region, table, keys) {
      const { key, place } = columns(table);
      const found = await inSession(sql, database, region, (session) => session.rows(
        `select array[${key.join(', ')}] as key from ${place} where jsonb_build_array(${key.join(', ')}) in (select jsonb_array_elements($1::jsonb))`, [JSON.stringify(keys)],
      ));
      return new Set(found.map((row) => keyText(textsOf(row))));
    },
  };
}

/** The rows port of a Lambda. */
export const rowsOf = ({ databaseTls }: Pick<Environment, 'databaseTls'>): Rows => sqlRows({ secrets: secretsManager(), tls: databaseTls });

const quoted = (name: string): string => name.split('.').map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
const columns = ({ table, key, writtenAt }: ComparedTable) => ({ key: key.map((name) => `${quoted(name)}::text`), at: quoted(writtenAt), place: quoted(table) });

function rowOf(row: Row): WrittenRow {
  const at = Number(row.at ?? NaN);
  if (!Number.isFinite(at)) throw new UnexpectedAnswerError(`${String(row.at)} is not a time`);
  return { key: textsOf(row), at };
}

function textsOf({ key }: Row): readonly string[] {
  if (!Array.isArray(key) || !key.every((value) => typeof value === 'string')) throw new UnexpectedAnswerError('a key has a column without a value');
  return key;
}
