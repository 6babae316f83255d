// The peer: DR Orchestrator's waiting scheme on the same simulated AWS. Its functions are re-expressed here from its files: the sleep of
// 60 s inside the promotion, the reserved concurrency of 5 (and 1 for the token), no retry. It has no detection, so that a person is
// taken to start it in the very moment of the first suspicion, and never to be lost; and boto3 retries each call for it as it does.
import { readFileSync } from 'node:fs';
import { TaskError, execute, load, type Execution, type ExecutionOptions, type StateMachine, type TaskRequest } from '../asl/index.ts';
import { parse } from 'yaml';
import { TryAgainError } from '../domain/errors.ts';
import type { Caller } from '../simulator/calls.ts';
import type { Fleet, Member } from '../simulator/fleet.ts';
import { Random } from '../simulator/random.ts';
import { fleetOf, type Cloud } from './cloud.ts';
import { Meter, since, type Measured } from './subject.ts';

const SLEEP_MS = 60_000;
const RESERVED: Readonly<Record<string, number>> = { resolve: 5, promote: 5, check: 5, token: 1 };
/** A warm start and the call, as the simulator has it for our own functions. */
const WARM_MS: readonly [number, number] = [3, 15];
/** boto3, standard of its legacy mode: five attempts, up to 2^n seconds apart. */
const BOTO_ATTEMPTS = 5;
/** Its template sets no memory: Lambda's default. */
const MEMORY_GIGABYTES = 0.125;
const READING = { timeoutMs: 60_000, attempts: 1, workMs: [30, 400] } as const;
const CHANGING = { timeoutMs: 60_000, attempts: 1, workMs: [50, 800] } as const;
const HORIZON_SECONDS = 28_800;

/** What `with retries` adds to every task: the errors that Lambda throttles and fails with, tried for as long as it takes. */
const RETRY = [{ ErrorEquals: ['Lambda.TooManyRequestsException', 'Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException', 'TryAgainError'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 1000, JitterStrategy: 'FULL' }];

function machine(name: string, retries: boolean): StateMachine {
  const definition = parse(readFileSync(new URL(`./${name}.asl.yaml`, import.meta.url), 'utf8')) as { States: Record<string, { Type: string; Retry?: unknown }> };
  if (retries) for (const state of Object.values(definition.States)) if (state.Type === 'Task') state.Retry = RETRY;
  return load(definition);
}

export async function orchestrator(cloud: Cloud, retries: boolean): Promise<Measured> {
  const run = new Orchestrator(cloud, retries);
  return run.measured();
}

class Orchestrator {
  readonly #cloud: Cloud;
  readonly #retries: boolean;
  readonly #fleet: Fleet;
  readonly #meter: Meter;
  readonly #random: Random;
  readonly #busy = new Map<string, number>();
  #parent: Execution | undefined;
  #transitions = 0;
  #invocations = 0;
  #lambdaMs = 0;
  #ended = false;
  #open: number;
  readonly #child: StateMachine;

  constructor(cloud: Cloud, retries: boolean) {
    [this.#cloud, this.#retries, this.#random, this.#open] = [cloud, retries, new Random(cloud.seed), cloud.applications];
    this.#child = machine('orchestrator-database', retries);
    this.#fleet = fleetOf(cloud, ({ world }) => this.#suspected(world.plan.application));
    this.#meter = new Meter(this.#fleet);
    for (const { world } of this.#fleet.members.values()) world.bus.lostChance = 1;
  }

  /** One person sees the first suspicion of all, and starts the one workflow for all. */
  #suspected(application: string): void {
    this.#meter.of(application).triggerAt ??= since(this.#fleet.clock.now());
    if (this.#parent !== undefined) return;
    const resources = [...this.#fleet.members.keys()].map((name) => ({ application: name }));
    this.#parent = execute(machine('orchestrator', false), this.#options('parent', { resources }, (request) => this.#startChild(request)));
    this.#fleet.clock.touched();
    void this.#parent.result.then(() => {
      this.#ended = true;
      this.#fleet.clock.touched();
    });
  }

  #options(name: string, input: unknown, run: (request: TaskRequest) => Promise<unknown>): ExecutionOptions {
    const world = this.#world();
    const { standby } = [...this.#fleet.members.values()][0] as Member;
    return {
      input, name, random: () => this.#random.next(), tasks: { run },
      executionArn: `arn:aws:states:${standby}:111122223333:execution:orchestrator:${name}`, stateMachineArn: `arn:aws:states:${standby}:111122223333:stateMachine:orchestrator`, stateMachineName: 'orchestrator',
      clock: { now: () => this.#fleet.clock.now(), sleep: (delayMs, signal) => world.places.sleep(standby, delayMs, signal) },
      transitionMs: () => this.#cloud.transitionMs,
      onEvent: ({ type }) => {
        if (type !== 'TaskScheduled' && (!type.endsWith('StateEntered') || type === 'TaskStateEntered')) return;
        this.#transitions += 1;
        this.#meter.entered(this.#fleet.clock.now());
      },
    };
  }

  #world() {
    return ([...this.#fleet.members.values()][0] as Member).world;
  }

  async #startChild(request: TaskRequest): Promise<unknown> {
    const { Input } = request.arguments as { readonly Input: { readonly application: string; readonly token: string } };
    const child = execute(this.#child, this.#options(Input.application, Input, (inner) => this.#invoke(inner)));
    void child.result.then(({ status }) => {
      // Nobody tells the parent, which waits for its token without a limit.
      if (status !== 'SUCCEEDED') this.#meter.of(Input.application).end = 'hung';
      this.#open -= 1;
      this.#fleet.clock.touched();
    });
    return {};
  }

  /** A synchronous invocation: refused at once when the reserved concurrency is used up. */
  async #invoke({ arguments: given }: TaskRequest): Promise<unknown> {
    const { FunctionName, Payload } = given as { readonly FunctionName: string; readonly Payload: { readonly application: string; readonly token?: string } };
    const busy = this.#busy.get(FunctionName) ?? 0;
    const world = this.#world();
    if (busy >= (RESERVED[FunctionName] ?? 0)) throw new TaskError('Lambda.TooManyRequestsException', 'Rate Exceeded.');
    this.#busy.set(FunctionName, busy + 1);
    const begunAt = this.#fleet.clock.now();
    try {
      await world.places.sleep(world.plan.regions[1], this.#random.between(...WARM_MS));
      return { StatusCode: 200, Payload: await this.#work(FunctionName, Payload) };
    } catch (error) {
      throw error instanceof TryAgainError ? new TaskError('TryAgainError', error.message) : error;
    } finally {
      this.#busy.set(FunctionName, (this.#busy.get(FunctionName) ?? 1) - 1);
      this.#lambdaMs += this.#fleet.clock.now() - begunAt;
      this.#invocations += 1;
    }
  }

  async #work(functionName: string, { application, token = '' }: { readonly application: string; readonly token?: string }): Promise<unknown> {
    if (functionName === 'resolve') return {};
    if (functionName === 'token') {
      this.#parent?.taskSuccess(token, {});
      this.#fleet.clock.touched();
      return {};
    }
    const { world, standby } = this.#fleet.member(application);
    const [database] = world.plan.databases;
    const [pair] = world.pairs;
    if (database === undefined || pair === undefined) throw new Error(`${application} has no database`);
    const caller: Caller = { place: standby, kind: 'step', label: 'orchestrator', life: world.places.life(standby), dead: false, crash: () => undefined };
    if (functionName === 'promote') {
      await this.#boto(() => world.calls.call(caller, { port: 'database.promote', target: standby, ...CHANGING, detail: { database: database.name, region: standby } }, () => world.rds.promote(pair, standby, 'unplanned')));
      await world.places.sleep(standby, SLEEP_MS);
      return {};
    }
    const seen = await this.#boto(() => world.calls.call(caller, { port: 'database.describe', target: standby, ...READING }, () => world.rds.describe(database, pair, standby)));
    const moments = this.#meter.of(application);
    if (seen?.status === 'available') {
      moments.knownAt ??= since(this.#fleet.clock.now());
      [moments.doneAt, moments.end] = [moments.knownAt, 'done'];
    }
    return { status: seen?.status };
  }

  async #boto<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof TryAgainError) || attempt >= BOTO_ATTEMPTS) throw error;
        await this.#world().places.sleep(this.#world().plan.regions[1], this.#random.next() * 1000 * 2 ** (attempt - 1));
      }
    }
  }

  async measured(): Promise<Measured> {
    await this.#fleet.run(HORIZON_SECONDS, () => this.#ended || (this.#parent !== undefined && this.#open === 0 && !this.#retries));
    this.#fleet.looking = false;
    for (const moments of this.#meter.moments.values()) if (moments.end === 'running') moments.end = 'hung';
    return {
      subject: this.#retries ? 'orchestrator with retries' : 'orchestrator', cloud: this.#cloud, applications: [...this.#meter.moments.values()], unfenced: this.#fleet.members.size - this.#meter.fenced,
      cost: this.#meter.cost({ transitions: this.#transitions, gigabyteMs: this.#lambdaMs * MEMORY_GIGABYTES, invocations: this.#invocations }),
    };
  }
}
