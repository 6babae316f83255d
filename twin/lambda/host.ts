// The Lambda service of the twin: keeps execution environments (Node processes with the built bundles) per region and function,
// re-uses idle ones, starts cold ones, enforces time limits, and dies or freezes with its region.
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';

export interface FunctionSettings {
  readonly name: string;
  readonly bundleFile: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}
export interface InvocationResult { readonly payload: Uint8Array; readonly functionError?: 'Unhandled' }
interface Answer { readonly id?: string; readonly ready?: true; readonly result?: unknown; readonly error?: object }
interface Environment { readonly child: ChildProcess; readonly ready: Promise<void>; busy: boolean }

export interface LambdaHostOptions {
  readonly functions: readonly FunctionSettings[];
  /** What Lambda would set, per region: endpoint, table, configuration file, credentials. */
  readonly environmentOf: (region: string) => Readonly<Record<string, string>>;
  readonly onLog?: (line: string, region: string, name: string) => void;
}

export class LambdaHost {
  readonly #options: LambdaHostOptions;
  readonly #environments = new Map<string, Environment[]>();
  readonly #dead = new Set<string>();
  #isClosed = false;
  /** Cold starts and invocations, for the report. */
  readonly statistics = { coldStarts: 0, invocations: 0 };

  constructor(options: LambdaHostOptions) {
    this.#options = options;
  }

  has(name: string): boolean {
    return this.#options.functions.some((entry) => entry.name === name);
  }

  /** Runs one event in an environment of the region; a function's error is a result, as in the Invoke API. */
  async invoke(name: string, region: string, payload: Uint8Array): Promise<InvocationResult> {
    const settings = this.#options.functions.find((entry) => entry.name === name);
    if (settings === undefined) throw new Error(`twin: there is no function ${name}`);
    // Whoever asks while everything ends would start a process that nobody ends.
    if (this.#isClosed) throw new Error('twin: the functions have ended');
    if (this.#dead.has(region)) throw new Error(`twin: ${region} is dead`);
    this.statistics.invocations += 1;
    const environment = this.#idle(settings, region) ?? this.#start(settings, region);
    environment.busy = true;
    try {
      await environment.ready;
      const event: unknown = payload.length > 0 ? JSON.parse(Buffer.from(payload).toString('utf8')) : {};
      return await this.#run(environment, settings, region, event);
    } finally {
      environment.busy = false;
    }
  }

  /** SIGKILL to every environment of a region: a machine loss. New invocations fail until `revive`. */
  kill(region: string): void {
    this.#dead.add(region);
    for (const { child } of this.#of(region)) child.kill('SIGKILL');
  }

  freeze(region: string): void {
    for (const { child } of this.#of(region)) child.kill('SIGSTOP');
  }

  resume(region: string): void {
    for (const { child } of this.#of(region)) child.kill('SIGCONT');
  }

  revive(region: string): void {
    this.#dead.delete(region);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#environments.values()].flat();
    const exits = all.map(({ child }) => (child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise<void>((resolve) => child.once('exit', () => resolve()))));
    for (const { child } of all) child.kill('SIGKILL');
    await Promise.all(exits);
  }

  #of(region: string): readonly Environment[] {
    return [...this.#environments.entries()].filter(([key]) => key.startsWith(`${region}/`)).flatMap(([, list]) => list);
  }

  #idle(settings: FunctionSettings, region: string): Environment | undefined {
    return this.#environments.get(`${region}/${settings.name}`)?.find((entry) => !entry.busy && entry.child.connected);
  }

  #start(settings: FunctionSettings, region: string): Environment {
    this.statistics.coldStarts += 1;
    const child = fork(join(import.meta.dirname, 'runtime.ts'), {
      // Only what Lambda itself would set: nothing of the caller's environment may leak in.
      env: { PATH: process.env['PATH'] ?? '', ...lambdaEnvironment(settings, region), ...this.#options.environmentOf(region), HOTSHIFT_BUNDLE: settings.bundleFile,
        // What V8 made of the bundle is kept beside it: many environments start from one file.
        NODE_COMPILE_CACHE: join(dirname(settings.bundleFile), 'compiled'),
        // Lambda signs with the role of the function; the key that stands for it here tells in the log of calls whose call it was.
        AWS_ACCESS_KEY_ID: settings.name,
      },
      execArgv: [`--max-old-space-size=${settings.memoryMegabytes}`, '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n')) if (line !== '') this.#options.onLog?.(line, region, settings.name);
      });
    }
    const ready = new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`the environment of ${settings.name} in ${region} ended (${signal ?? code}) before it was ready`)));
    });
    ready.catch(() => undefined);
    const environment: Environment = { child, ready, busy: true };
    const key = `${region}/${settings.name}`;
    this.#environments.set(key, [...(this.#environments.get(key) ?? []), environment]);
    child.once('exit', () => this.#environments.set(key, (this.#environments.get(key) ?? []).filter((entry) => entry !== environment)));
    return environment;
  }

  #run({ child }: Environment, settings: FunctionSettings, region: string, event: unknown): Promise<InvocationResult> {
    const id = randomUUID();
    return new Promise((resolve) => {
      const finish = (error: object | undefined, result?: unknown): void => {
        clearTimeout(limit);
        child.off('message', onMessage).off('exit', onExit);
        const payload = Buffer.from(JSON.stringify(error ?? result ?? null));
        resolve(error === undefined ? { payload } : { payload, functionError: 'Unhandled' });
      };
      const onMessage = (answer: Answer): void => {
        if (answer.id === id) finish(answer.error, answer.result);
      };
      const onExit = (): void => finish({ errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${id} Error: Runtime exited (${settings.name} in ${region})` });
      const limit = setTimeout(() => {
        child.kill('SIGKILL');
        finish({ errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${id} Error: Task timed out after ${settings.timeoutSeconds.toFixed(2)} seconds` });
      }, settings.timeoutSeconds * 1000);
      child.on('message', onMessage).on('exit', onExit);
      child.send({ id, event, deadlineAt: Date.now() + settings.timeoutSeconds * 1000 }, (error) => {
        if (error !== null) onExit();
      });
    });
  }
}

/** The variables that the Lambda service sets for every function. */
function lambdaEnvironment(settings: FunctionSettings, region: string): Record<string, string> {
  return {
    AWS_REGION: region, AWS_DEFAULT_REGION: region, AWS_LAMBDA_FUNCTION_NAME: settings.name, AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMegabytes), AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand', AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LAMBDA_TASK_ROOT: '/var/task', TZ: ':UTC', _HANDLER: 'index.handler',
  };
}
