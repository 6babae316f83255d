// How fast the instruments are: random schedules a minute in the simulator (with its oracle), and states a second in the interpreter.
import { execute, load } from '../asl/index.ts';
import { drawFaults } from '../simulator/menu.ts';
import { Random } from '../simulator/random.ts';
import { simulate } from '../simulator/simulate.ts';

const LOOP = {
  QueryLanguage: 'JSONata', StartAt: 'Count',
  States: {
    Count: { Type: 'Pass', Assign: { n: "{% $exists($n) ? $n + 1 : 1 %}" }, Next: 'Enough?' },
    'Enough?': { Type: 'Choice', Choices: [{ Condition: "{% $n >= $states.context.Execution.Input.rounds %}", Next: 'Done' }], Default: 'Count' },
    Done: { Type: 'Succeed' },
  },
};

/** An execution has at most 25,000 events: each of some executions goes round so often that it stays below. */
const ROUNDS = 5000;

export async function statesPerSecond(executions: number): Promise<number> {
  const machine = load({ ...LOOP, States: { Start: { Type: 'Pass', Assign: { n: 0 }, Next: 'Count' }, ...LOOP.States }, StartAt: 'Start' });
  const startedAt = performance.now();
  for (let index = 0; index < executions; index += 1) {
    const { result } = execute(machine, {
      input: { rounds: ROUNDS }, name: 'speed', executionArn: 'arn:aws:states:eu-west-1:111122223333:execution:speed:speed', stateMachineArn: 'speed', stateMachineName: 'speed',
      clock: { now: () => 0, sleep: () => Promise.resolve() }, random: () => 0.5, tasks: { run: () => Promise.resolve({}) },
    });
    const ended = await result;
    if (ended.status !== 'SUCCEEDED') throw new Error(ended.cause);
  }
  return (2 * ROUNDS * executions) / ((performance.now() - startedAt) / 1000);
}

/** In one process, on one processor. */
export async function schedulesPerMinute(seconds: number): Promise<{ readonly perMinute: number; readonly schedules: number; readonly violations: number }> {
  const startedAt = performance.now();
  let [schedules, violations] = [0, 0];
  while (performance.now() - startedAt < seconds * 1000) {
    schedules += 1;
    const random = new Random(schedules);
    const found = await simulate({ seed: schedules, faults: drawFaults(random, random.whole(1, 4)) });
    violations += found.violations.length;
  }
  return { schedules, violations, perMinute: (schedules * 60) / ((performance.now() - startedAt) / 1000) };
}
