// The rules' patterns on the samples of events, by moto's matcher: which rule an event starts must not be our own matcher's opinion alone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allRegions, readPlans } from '../../resources/plans.ts';
import { rulesAt } from '../../resources/rules.ts';
import { fits, parsePattern } from '../../twin/aws/services/eventbridge/pattern.ts';
import type { Finding, Judge, Room } from './judge.ts';
import { run } from './python.ts';

const MATCHER = `
import json, sys
from moto.events.models import EventPattern
patterns, events = json.loads(sys.argv[1])
print(json.dumps([[EventPattern.load(json.dumps(p)).matches_event(e) for e in events] for p in patterns]))`;

export const eventPatterns: Judge = {
  name: 'event patterns', needsPython: true,
  async judge({ root, pythonCommands = '' }: Room) {
    const folder = join(root, 'events', 'samples');
    const samples = readdirSync(folder).filter((file) => file.endsWith('.json'))
      .map((file) => ({ file, event: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Readonly<Record<string, unknown>> })).filter(({ event }) => 'source' in event);
    const plans = readPlans();
    // As they are made in each place, with the plan's own lists in them.
    const rules = allRegions(plans).flatMap((region) => rulesAt(region, plans).map((rule) => ({ ...rule, name: `${rule.name} in ${region}` })));
    const { code, stdout, stderr } = await run(join(pythonCommands, 'python'), ['-c', MATCHER, JSON.stringify([rules.map(({ pattern }) => pattern), samples.map(({ event }) => event)])]);
    if (code !== 0) throw new Error(`moto's matcher failed: ${stderr.slice(-500)}`);
    const theirs = JSON.parse(stdout) as readonly (readonly boolean[])[];
    const findings = rules.flatMap(({ name, pattern }, row) => samples.flatMap(({ file, event }, column): readonly Finding[] => {
      const ours = fits(parsePattern(JSON.stringify(pattern)), event);
      return ours === theirs[row]?.[column] ? [] : [{ rule: 'match', where: `${name} on ${file}`, what: `moto says ${String(theirs[row]?.[column])}, the twin ${ours}` }];
    }));
    return { findings, detail: `${rules.length} rules on ${samples.length} samples` };
  },
};
