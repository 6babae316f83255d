// Reads a YAML file by a form, with the configuration's own reader: all problems at once, each with its place, value and fix.
import type * as z from 'zod';
import { InvalidConfigError, type ConfigIssue } from '../events/config-issue.ts';
import { shape } from '../events/config-shape.ts';
import { readSource, type ConfigSource } from '../events/config-source.ts';

export function readForm<T>(schema: z.ZodType<T>, text: string, fileName: string): T {
  const source = sourceOf(text, fileName);
  return shaped(schema, source.tree, fileName, source.position);
}

/** The text as a tree; throws InvalidConfigError when it cannot be read. */
export function sourceOf(text: string, fileName: string): ConfigSource {
  const source = readSource(text);
  if (source.issues.length > 0) throw new InvalidConfigError(source.issues, fileName);
  return source;
}

/** The tree in the form that the schema wants, or InvalidConfigError: nothing is counted with half of the numbers. */
export function shaped<T>(schema: z.ZodType<T>, tree: unknown, fileName: string, position: ConfigSource['position']): T {
  const { value, issues } = shape(schema, tree, []);
  if (value === undefined || issues.length > 0) throw new InvalidConfigError(issues.map((issue): ConfigIssue => ({ ...issue, ...position(issue.path) })), fileName);
  return value;
}
