// Writes schema/hotshift.schema.json, which editors use to complete and check hotshift.yml, from the form in events/config-form.ts.
// Run: node scripts/schema.ts (a test refuses a schema that is not up to date).
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { configForm } from '../events/config-form.ts';

export const schemaPath = new URL('../schema/hotshift.schema.json', import.meta.url);

/** The JSON schema of the form, as text. Rules between fields are not in it: `hotshift check` knows them. */
export function schemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(configForm, { io: 'input' }), null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(schemaPath, schemaText());
