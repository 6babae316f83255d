// Invocations of the steps as Lambda does them: a cold start now and then, a time limit, the contract checked on both sides, errors by
// name, and a crash at any port call. What a dead invocation had sent may still take effect.
import { TaskError } from '../asl/index.ts';
import { InvalidInputError, UnexpectedAnswerError } from '../domain/errors.ts';
import type { Region } from '../domain/plan.ts';
import type { Caller } from './calls.ts';
import type { Place } from './places.ts';
import { portsFor } from './ports.ts';
import type { StepName } from './steps.ts';
import type { World } from './world.ts';

/** Seconds, as resources/stack.ts deploys them. */
const limitSeconds = (name: StepName): number => (name === 'observe' || name === 'enforce' ? 75 : name === 'warm' ? 55 : name === 'call' ? 25 : 14);
/** A warm start is milliseconds; a cold one of these bundles was measured at 0.1 to 0.3 s, and AWS adds its own. */
const WARM_MS: readonly [number, number] = [3, 15];
const COLD_MS: readonly [number, number] = [300, 1200];
const COLD_CHANCE = 0.1;

export interface Invocation { readonly place: Place; readonly name: StepName; readonly input: unknown; readonly execution?: string; readonly evacuated?: Region; readonly epoch?: number }

/** Runs a step to its end. Rejects with TaskError, as Step Functions sees a failed Lambda; never settles when its place dies. */
export function invoke(world: World, invocation: Invocation): Promise<unknown> {
  const { place, name, execution, evacuated, epoch } = invocation;
  const { places, random, clock } = world;
  return new Promise((resolve, reject) => {
    const begunAt = clock.now();
    const end = (act: () => void): void => {
      world.lambdaMs.set(name, (world.lambdaMs.get(name) ?? 0) + clock.now() - begunAt);
      world.invocations += 1;
      limit.cancel();
      clock.touched();
      act();
    };
    const fail = (error: string, message: string): void => end(() => reject(new TaskError(error, JSON.stringify({ errorType: error, errorMessage: message, trace: [] }))));
    const caller: Caller = {
      place, kind: name === 'observe' || name === 'enforce' ? 'agent' : 'step', label: name, life: places.life(place), dead: false,
      ...(execution === undefined ? {} : { execution }), ...(evacuated === undefined ? {} : { evacuated }), ...(epoch === undefined ? {} : { epoch }),
      crash: (when) => {
        world.facts.tell({ kind: 'fault', text: `the Lambda ${name} in ${place} crashed ${when}`, ends: false });
        fail('Lambda.Unknown', `the process ended ${when}`);
      },
    };
    const limit = places.after(place, limitSeconds(name) * 1000, () => {
      caller.dead = true;
      fail('Sandbox.Timedout', `Task timed out after ${limitSeconds(name)}.00 seconds`);
    });
    const startMs = random.chance(COLD_CHANCE) ? random.between(...COLD_MS) : random.between(...WARM_MS);
    places.after(place, startMs, () => {
      clock.touched();
      run(world, caller, invocation).then(
        (output) => { if (!caller.dead) end(() => resolve(output)); },
        (error: unknown) => { if (!caller.dead) fail((error as Error).name, (error as Error).message); },
      );
    });
  });
}

async function run(world: World, caller: Caller, { name, input, place }: Invocation): Promise<unknown> {
  const step = world.steps[name];
  const parsed = step.input.safeParse(input);
  if (!parsed.success) throw new InvalidInputError(`the input does not fit: ${parsed.error.issues[0]?.path.join('.') ?? ''}: ${parsed.error.issues[0]?.message ?? ''}`);
  const output = await step.run(portsFor(world, caller), world.plan, place)(parsed.data as never);
  // Lambda hands on JSON: what does not survive that is not an answer.
  const json: unknown = JSON.parse(JSON.stringify(output));
  const checked = step.output.safeParse(json);
  if (!checked.success) throw new UnexpectedAnswerError(`${name} answered against its contract: ${checked.error.issues[0]?.path.join('.') ?? ''}: ${checked.error.issues[0]?.message ?? ''}`);
  return json;
}
