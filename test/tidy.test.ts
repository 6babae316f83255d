// House rules that a linter does not know: sizes, names, openings, and documents that must fit the code.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { parse } from 'yaml';
import { runbookEntry } from '../functions/conclude/conclusion.ts';
import { withDiagram } from '../scripts/diagram.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
// Outside a checkout (an archive) there is no list; then the rules were held when it was made.
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).split('\n')
  // What was removed stays in the list until the next commit.
  .filter((file) => file !== '' && existsSync(join(root, file)));
const sources = files.filter((file) => file.endsWith('.ts'));

test('no file is longer than 250 lines, tests 400', () => {
  expect(sources.filter((file) => read(file).split('\n').length > (file.startsWith('test/') ? 400 : 250))).toEqual([]);
});
test('no function is longer than 70 lines', () => {
  // A guard is one closure over its state, and its parts are short. In tests a function is mostly a list of cases.
  const most = (file: string): number => (file === 'guard/guard.ts' ? 80 : 70);
  const long = sources.filter((file) => !file.startsWith('test/')).flatMap((file) => {
    const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest);
    const line = (at: number): number => source.getLineAndCharacterOfPosition(at).line;
    const found: string[] = [];
    const walk = (node: ts.Node): void => {
      const lines = line(node.end) - line(node.getStart(source)) + 1;
      if (ts.isFunctionLike(node) && lines > most(file)) found.push(`${file}:${line(node.getStart(source)) + 1} has ${lines}`);
      ts.forEachChild(node, walk);
    };
    ts.forEachChild(source, walk);
    return found;
  });
  expect(long).toEqual([]);
});
test('the import law, read from the imports themselves', () => {
  const law: readonly (readonly [RegExp, (target: string, step: string) => boolean])[] = [
    [/^domain\//, (target) => target.startsWith('domain/')],
    [/^(asl|guard)\//, (target) => /^(asl|guard)\//.test(target)],
    [/^functions\/\w+\/handler\.ts$/, (target, step) => /^(adapters|events|domain)\//.test(target) || target.startsWith(step)],
    [/^functions\//, (target, step) => target.startsWith('domain/') || target.startsWith(step)],
    [/^adapters\//, (target) => /^(adapters|domain|events)\//.test(target)],
  ];
  const imports = (file: string): readonly string[] => [...read(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name!);
  const broken = sources.filter((file) => !file.startsWith('test/')).flatMap((file) => {
    const allowed = law.find(([where]) => where.test(file))?.[1];
    const step = file.split('/').slice(0, 2).join('/') + '/';
    return imports(file).filter((name) => {
      if (name.startsWith('@aws-sdk/client-') && /^(domain|functions|events|cli|console|resources|asl|guard)\//.test(file)) return true;
      if (!name.startsWith('.')) return false;
      const target = join(file, '..', name);
      return /\/handler\.ts$/.test(target) || (allowed !== undefined && !allowed(target, step));
    }).map((name) => `${file} imports ${name}`);
  });
  expect(broken).toEqual([]);
});
test('nothing is left to be done in a comment', () => {
  // Written in two parts, so that this file does not hold them.
  const words = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME'].join('|')})\\b`);
  expect(files.filter((file) => /\.(ts|js|mjs|cjs|ya?ml|md|sql)$/.test(file) && words.test(read(file)))).toEqual([]);
});
test('no drawers for everything', () => {
  expect(files.filter((file) => /^(utils?|common|helpers?|managers?|misc)\./.test(basename(file)))).toEqual([]);
});
test('each source file says in its first lines what it is', () => {
  expect(sources.filter((file) => !/^(#!.*\n)?(\/\/|\/\*\*)/.test(read(file)))).toEqual([]);
});
test('only example account ids', () => {
  const found = files.filter((file) => /\.(ts|ya?ml|json|md)$/.test(file) && file !== 'package-lock.json')
    .flatMap((file) => [...read(file).matchAll(/arn:aws:[a-z0-9-]+:[a-z0-9-]*:(\d{12})/g)].map(([, id]) => ({ file, id })));
  expect(found.filter(({ id }) => !['111122223333', '444455556666', '123456789012', '777788889999', '999988887777', '000000000000'].includes(id!))).toEqual([]);
});
test('the picture in the README is the workflow', () => expect(withDiagram(read('README.md'))).toBe(read('README.md')));
test('every end and every step that hands over has its entry in the runbook', () => {
  const slug = (heading: string): string => heading.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  const anchors = new Set([...read('docs/runbook.md').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => slug(heading!)));
  const names: string[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'step' && typeof value === 'string' && !value.includes('{%')) names.push(value);
      walk(value);
    }
  };
  walk(parse(read('statemachines/failover.asl.yaml')));
  expect(names.length).toBeGreaterThan(8);
  const wanted = [...names.map((step) => runbookEntry('Handed to a human', step)), runbookEntry('Failed over', ''), runbookEntry('Stood down', '')];
  expect([...new Set(wanted)].filter((entry) => !anchors.has(entry.split('#')[1]!))).toEqual([]);
});
test('links between documents lead somewhere', () => {
  const broken = files.filter((file) => file.endsWith('.md')).flatMap((file) => [...read(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
    .filter(([, target]) => !files.includes(join(file, '..', target!)) && !files.some((other) => other.startsWith(`${join(file, '..', target!)}/`))).map(([, target]) => `${file} -> ${target}`));
  expect(broken).toEqual([]);
});
