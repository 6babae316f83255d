// `node simulator/model/main.ts`: explores every state of each setting with all guards, then takes the guards away one by one and
// tells how soon something breaks. `--story GUARD` tells how. Ends with 1 when anything is not as experiments.ts says.
import { parseArgs } from 'node:util';
import { EXPERIMENTS, exploreAll, remove, storyOf, type Experiment } from './experiments.ts';
import { GUARDS, type Guard } from './guards.ts';
import { SETTINGS } from './settings.ts';

const { values } = parseArgs({ options: {
  story: { type: 'string' }, setting: { type: 'string' }, large: { type: 'boolean', default: false }, 'no-guards': { type: 'boolean', default: false },
} });
const rules: Readonly<Record<string, string>> = GUARDS;
const say = (line = ''): void => void process.stdout.write(`${line}\n`);
const count = (number: number): string => number.toLocaleString('en');

if (values.story !== undefined) tell(values.story);
else {
  const whole = explored();
  const caught = values['no-guards'] ? true : guardsRemoved();
  process.exitCode = whole && caught ? 0 : 1;
}

/** Every state of each setting, all guards in place. */
function explored(): boolean {
  const wanted = SETTINGS.filter(({ name }) => values.setting === undefined || name === values.setting);
  if (wanted.length === 0) return refuse(`there is no setting ${values.setting ?? ''}; there are: ${SETTINGS.map(({ name }) => name).join(', ')}`);
  say('All guards in place: states, transitions, depth, states from which no end can be reached');
  const sums = { states: 0, transitions: 0 };
  const wholes = wanted.map((setting) => {
    const startedAt = performance.now();
    const found = exploreAll(setting, values.large);
    sums.states += found.states;
    sums.transitions += found.transitions;
    const dead = found.deadEnds?.count ?? NaN;
    say(`  ${setting.name.padEnd(10)} ${count(found.states).padStart(10)} ${count(found.transitions).padStart(11)} ${String(found.depth).padStart(4)} ${String(dead).padStart(3)}   ${((performance.now() - startedAt) / 1000).toFixed(1)} s   ${setting.what}`);
    if (found.counterexample !== undefined) say(storyOf(setting, found.counterexample));
    if (found.deadEnds !== undefined && dead > 0) say(`    no end after: ${found.deadEnds.story.join('; ')}`);
    return found.complete && dead === 0;
  });
  say(`  ${'together'.padEnd(10)} ${count(sums.states).padStart(10)} ${count(sums.transitions).padStart(11)}`);
  return wholes.every(Boolean);
}

/** One line for each guard that is taken away. */
function guardsRemoved(): boolean {
  say('\nGuards removed: what breaks, after how many moves');
  const results = EXPERIMENTS.map((experiment) => {
    const { guard, together, setting } = experiment;
    const found = remove(experiment);
    const names = together.length === 0 ? guard : `${guard} + ${together.join(' + ')}`;
    const what = found.counterexample === undefined ? 'NOTHING BREAKS' : `${String(found.counterexample.story.length).padStart(2)} moves  ${found.counterexample.broken}`;
    say(`  ${names.padEnd(52)} ${what} (${setting})`);
    return found.counterexample !== undefined;
  });
  return results.every(Boolean);
}

function tell(wanted: string): void {
  const experiments = EXPERIMENTS.filter(({ guard }) => guard === wanted);
  if (experiments.length === 0) refuse(`there is no guard "${wanted}"; there are:\n${[...new Set(EXPERIMENTS.map(({ guard }) => `  ${guard}`))].join('\n')}`);
  for (const experiment of experiments) tellOne(experiment);
}

function tellOne(experiment: Experiment): void {
  const { counterexample } = remove(experiment);
  const removed: readonly Guard[] = [experiment.guard, ...experiment.together];
  say(`Without ${removed.map((guard) => `"${guard}" (${rules[guard] ?? ''})`).join('\nand ')}:`);
  say(counterexample === undefined ? '  nothing breaks' : storyOf(experiment.in, counterexample));
  if (counterexample === undefined) process.exitCode = 1;
}

function refuse(why: string): false {
  process.stderr.write(`${why}\n`);
  process.exitCode = 2;
  return false;
}
