// asl-validator on each state machine, and that every placeholder of the definition is filled in by the template.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import validate from 'asl-validator';
import { parse } from 'yaml';
import type { Finding, Judge, Room, Template } from './judge.ts';

export const stateMachines: Judge = {
  name: 'asl-validator', needsPython: false,
  judge({ root, templates }: Room) {
    const files = readdirSync(join(root, 'statemachines')).filter((file) => file.endsWith('.asl.yaml'));
    const findings = files.flatMap((file): readonly Finding[] => {
      const { errors } = validate(parse(readFileSync(join(root, 'statemachines', file), 'utf8')) as object);
      return errors.map((error) => ({ rule: error['Error code'], where: `${file}: ${error.path ?? ''}`, what: error.Message ?? '' }));
    });
    if (files.length === 0) return Promise.reject(new Error('there is no state machine'));
    return Promise.resolve({ findings: [...findings, ...templates.flatMap(placeholders)], detail: `${files.length} state machines` });
  },
};

function placeholders({ region, body }: Template): readonly Finding[] {
  return Object.entries(body.Resources).filter(([, { Type }]) => Type === 'AWS::StepFunctions::StateMachine').flatMap(([id, { Properties = {} }]) => {
    const wanted = new Set([...String(Properties['DefinitionString']).matchAll(/\$\{([A-Za-z0-9_]+)\}/g)].map(([, name]) => name ?? ''));
    const given = new Set(Object.keys(Properties['DefinitionSubstitutions'] ?? {}));
    const where = `${region}: ${id}`;
    return [
      ...[...wanted].filter((name) => !given.has(name)).map((name) => ({ rule: 'placeholder', where, what: `\${${name}} is not filled in` })),
      ...[...given].filter((name) => !wanted.has(name)).map((name) => ({ rule: 'placeholder', where, what: `${name} is filled in and used nowhere` })),
    ];
  });
}
