// House rules that a linter does not know: sizes, names, openings, and documents that must fit the code.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { runbookEntry } from '../functions/conclude/conclusion.ts';
import { withDiagram } from '../scripts/diagram.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
// Outside a checkout (an archive) there is no list; then the rules were held when it was made.
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).split('\n').filter((file) => file !== '');
const sources = files.filter((file) => file.endsWith('.ts'));

test('no file is longer than 250 lines, tests 400', () => {
  expect(sources.filter((file) => read(file).split('\n').length > (file.startsWith('test/') ? 400 : 250))).toEqual([]);
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
