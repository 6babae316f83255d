// One twin after another behind the same page: started, broken by whoever looks, read back, reported, and started anew. One thing is done
// at a time; what cannot be done now says why (choices.ts).
import { randomBytes } from 'node:crypto';
import type { JournalEntry } from '../domain/journal.ts';
import { inject, bringBack } from '../twin/faults.ts';
import { failBack, run as command, type FailbackRun } from '../twin/failback.ts';
import { LiveJournal } from '../twin/live-journal.ts';
import { startLoad, type LoadProcess } from '../twin/load/load-process.ts';
import type { SecondStatistics } from '../twin/load/statistics.ts';
import { loadConfig, type Returned } from '../twin/observe-run.ts';
import { readBack } from '../twin/read-back.ts';
import { reportPage } from '../twin/report.ts';
import { trafficOf } from '../twin/run.ts';
import { cleanLeftovers } from '../twin/run-directory.ts';
import { randomOf } from '../twin/seeded.ts';
import { FAULT_TEXTS, hasSwitch, returnsOf, type Fault, type Settings } from '../twin/settings.ts';
import { startTwin, type Twin } from '../twin/twin.ts';
import type { Action } from './actions.ts';
import { choices } from './choices.ts';
import { startPeople, type People } from './people.ts';
import type { EventLog } from './event-log.ts';
import { reportView } from './report-view.ts';
import { story } from './story.ts';
import { TwinWatch } from './twin-watch.ts';
import { emptyView, type Notice, type Phase } from './view.ts';

/** What stands while a twin runs. */
interface Run {
  readonly twin: Twin; readonly watch: TwinWatch; readonly load: LoadProcess; readonly people: People; readonly live: LiveJournal; readonly settings: Settings;
  readonly seed: number; readonly seconds: SecondStatistics[]; readonly startedAt: number;
  fault: Fault | null; faultAt: number; returned: Returned | undefined; failback: FailbackRun | undefined; outcome: string | null;
}

const NOTICES_MAX = 6;
/** Answers that were under way when the load was stopped. */
const SETTLE_MS = 500;

/** The agents of a region that returns come within a minute; after that its report says that they did not. */
const CLOSING_MS_MAX = 90_000;
const isClosing = ({ returned, live }: Run): boolean =>
  returned !== undefined && live.concluded(['Failed over']) && !live.has('Enforce fence in us-east-1', 'sessions ended') && Date.now() - returned.at < CLOSING_MS_MAX;

export class TwinSession {
  readonly #log: EventLog;
  readonly #base: Settings;
  readonly #say: (text: string) => void;
  #phase: Phase = 'starting';
  #since = Date.now();
  #detail = '';
  #busy: string | null = null;
  #run: Run | undefined;
  #notices: readonly Notice[] = [];
  #report: string | undefined;
  #work: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(log: EventLog, settings: Settings, say: (text: string) => void) {
    [this.#log, this.#base, this.#say] = [log, settings, say];
  }

  get report(): string | undefined {
    return this.#report;
  }

  /** Starts the first twin; resolves when it stands, or when it is clear that it does not. */
  start(): Promise<boolean> {
    this.#queue(() => this.#start(this.#base));
    return this.#work.then(() => this.#phase === 'steady');
  }

  /** Begins what is asked for. Answers in words when it cannot be begun. */
  act(action: Action): string | undefined {
    const id = action.name === 'fault' ? `fault:${action.fault}` : action.name;
    if (action.name !== 'press') {
      const choice = this.#log.view.session.actions.find((offered) => offered.id === id);
      const blocked = choice === undefined ? 'this cannot be done here' : choice.blocked;
      if (blocked !== '') return blocked;
    }
    const run = this.#run;
    if (action.name === 'restart') this.#queue(() => this.#start({ ...this.#base, approve: action.approve, strategies: action.switch ? ['health-check-switch', 'weighted-records'] : ['weighted-records'] }));
    else if (run === undefined) return 'no twin runs';
    else if (action.name === 'report') this.#queue(() => this.#end(run));
    else if (action.name === 'press') void this.#told(`${action.person} pressed ${action.button.replace('hotshift_', '')}`, run.people.press(action));
    else this.#begin(action, run);
    return undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#work.catch(() => undefined);
    await this.#stop();
  }

  /** Whatever takes the twin away is done one after the other. */
  #queue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => this.#became('failed', error instanceof Error ? error.message : String(error)));
  }

  async #start(settings: Settings): Promise<void> {
    await this.#stop();
    const empty = emptyView('twin', this.#log.view.outlines, Date.now());
    for (const slice of ['places', 'watch', 'traffic', 'workflow', 'slack', 'journal', 'report'] as const) this.#log.set(slice, empty[slice]);
    this.#report = undefined;
    this.#notices = [];
    this.#became('starting', 'building the functions');
    for (const line of cleanLeftovers(settings.directory)) this.#say(line);
    const seed = settings.seed ?? randomBytes(4).readUInt32BE() % 1_000_000_000;
    const twin = await startTwin({ settings, random: randomOf(seed), withoutPeople: true, onProgress: (text) => { this.#say(`  ${text}`); this.#became('starting', text); } });
    try {
      const seconds: SecondStatistics[] = [];
      const live = new LiveJournal();
      const watch = new TwinWatch(twin, this.#log, { onEntry: (entry) => { live.add(entry); this.#heard(entry); }, onRead: () => this.#show() });
      const load = await startLoad(loadConfig(twin, settings), { onSecond: (second) => { seconds.push(second); watch.second(second); } });
      this.#run = { twin, watch, load, live, settings, seed, seconds, startedAt: Date.now(), people: await startPeople(twin), fault: null, faultAt: Infinity, returned: undefined, failback: undefined, outcome: null };
      this.#became('steady', '');
    } catch (error) {
      await twin.stop();
      throw error;
    }
  }

  /** Faults and commands: one at a time, while everything is watched. */
  #begin(action: Exclude<Action, { name: 'restart' | 'report' | 'press' }>, run: Run): void {
    const { twin } = run;
    const shop = (...words: readonly string[]): Promise<void> => this.#command(twin, words);
    switch (action.name) {
      case 'fault':
        [run.fault, run.faultAt, run.outcome] = [action.fault, Date.now(), null];
        this.#became('broken', '');
        return void this.#told(`fault: ${action.fault}`, inject(action.fault, twin, run.settings));
      case 'return': {
        const how = returnsOf({ fault: run.fault ?? 'none', failback: true }) ?? 'restarts';
        run.returned = { how, at: Date.now() };
        return this.#does('bringing us-east-1 back', bringBack(how, twin));
      }
      case 'failback': return this.#does('starting the failback', failBack(twin, run.live, this.#say).then((made) => { run.failback = made; }));
      case 'drill': return this.#does('starting the drill', shop('drill', 'shop', '--evacuate', 'us-east-1', '--yes'));
      case 'failover': return this.#does('asking for a failover', shop('failover', 'shop', '--evacuate', 'us-east-1', '--yes', '--reason', 'asked at the console'));
      case 'pause': return this.#does('pausing', shop('pause', 'shop', '--for', '10m', '--reason', 'asked at the console'));
      case 'resume': return this.#does('resuming', shop('resume', 'shop'));
      case 'ack': return this.#does('acknowledging', shop('ack', 'shop'));
    }
  }

  async #command(twin: Twin, words: readonly string[]): Promise<void> {
    this.#note(`hotshift ${words.map((word) => (word.includes(' ') ? `"${word}"` : word)).join(' ')}`, false);
    const { code, output } = await command(twin, words);
    if (code !== 0) throw new Error(output.trim().split('\n')[0] ?? `it ended with ${code}`);
  }

  #does(busy: string, work: Promise<void>): void {
    this.#busy = busy;
    this.#show();
    void this.#told(busy, work).finally(() => { this.#busy = null; this.#show(); });
  }

  /** Says how something ended; a failure is shown to whoever pressed. */
  async #told(what: string, work: Promise<unknown>): Promise<void> {
    try {
      await work;
      this.#note(`${what}: done`, false);
    } catch (error) {
      this.#note(`${what}: ${error instanceof Error ? error.message : String(error)}`, true);
    }
  }

  async #end(run: Run): Promise<void> {
    this.#became('reading', '');
    const { twin, load, watch, settings, seconds, seed, returned, failback } = run;
    const [fault, faultAt] = [run.fault ?? 'none', Number.isFinite(run.faultAt) ? run.faultAt : run.startedAt];
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const traffic = await load.stop();
    await watch.close();
    // A region that was never brought back could not close its own database.
    const { result, journal } = await readBack({ twin, settings: { ...settings, fault, failback: failback !== undefined }, seed, faultAt, traffic, returned, failback, mustEnforce: returned !== undefined && run.live.concluded(['Failed over', 'Handed to a human']) });
    this.#report = reportPage({ result, journal, faultAt, traffic: seconds.map(trafficOf), madeAt: new Date().toISOString().slice(0, 16).replace('T', ' ') });
    this.#log.set('report', reportView(result, FAULT_TEXTS[fault].ends));
    run.outcome = result.outcome === 'nothing' ? 'Nothing had to move' : result.outcome;
    await this.#stop();
    this.#became('reported', run.outcome);
  }

  async #stop(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    if (run === undefined) return;
    run.load.kill();
    await run.watch.close();
    await run.people.close();
    await run.twin.stop();
  }

  #heard(entry: JournalEntry): void {
    const run = this.#run;
    if (run === undefined || !(entry.step === 'Conclude' || (entry.step === 'Settle drill' && entry.kind === 'result'))) return;
    const { outcome } = (entry.evidence ?? {}) as { readonly outcome?: string };
    // Those that found the lease taken stand down beside the one that acts.
    if (outcome !== undefined && !(outcome === 'Stood down' && run.outcome !== null)) run.outcome = outcome;
    if (this.#phase === 'broken' && run.outcome !== null) this.#became('settled', '');
  }

  #became(phase: Phase, detail: string): void {
    [this.#phase, this.#detail, this.#since] = [phase, detail, phase === this.#phase ? this.#since : Date.now()];
    this.#show();
  }

  #note(text: string, bad: boolean): void {
    this.#notices = [...this.#notices, { at: Date.now(), text, bad }].slice(-NOTICES_MAX);
    this.#show();
  }

  #show(): void {
    if (this.#closed) return;
    const run = this.#run;
    const { workflow, slack } = this.#log.view;
    const running = run?.watch.workflows.running ?? null;
    const told = story({
      phase: this.#phase, detail: this.#detail, fault: run?.fault ?? null, workflow, outcome: this.#phase === 'reported' ? this.#detail : run?.outcome ?? null,
      approvalWaits: running !== null && slack.some(({ buttons }) => buttons.length > 0), busy: this.#busy,
    });
    this.#log.set('session', {
      source: 'twin', phase: this.#phase, ...told, since: this.#since, fault: run === undefined || run.fault === null ? null : { name: run.fault, at: run.faultAt },
      actions: choices({
        phase: this.#phase, fault: run?.fault ?? null, returned: run?.returned !== undefined, closing: run !== undefined && isClosing(run), running, failedOver: run?.live.concluded(['Failed over']) ?? false, failedBack: run?.failback !== undefined,
        paused: (run?.watch.watch?.pausedUntil ?? null) !== null, acknowledgementDue: run?.watch.watch?.acknowledgementDue ?? false, hasSwitch: run !== undefined && hasSwitch(run.settings), busy: this.#busy,
      }),
      notices: this.#notices,
    });
  }
}
