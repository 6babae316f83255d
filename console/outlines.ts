// The three workflows, read from the files that are deployed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { outline, type Machine, type Outline } from './outline.ts';

const folder = join(import.meta.dirname, '..', 'statemachines');

export const outlines = (): readonly Outline[] =>
  ['failover', 'drill', 'failback'].map((name) => outline(name, parse(readFileSync(join(folder, `${name}.asl.yaml`), 'utf8')) as Machine));
