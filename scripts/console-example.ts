// A moment of a failover, written down: what the console shows seven seconds after a region died. For the picture in the README, which
// is to look the same on every machine; the figures are those of an example, not of a run.
import { choices } from '../console/choices.ts';
import { outlines } from '../console/outlines.ts';
import { story } from '../console/story.ts';
import { emptyView, type DatabaseView, type JournalLine, type TrafficSecond, type View, type WorkflowView } from '../console/view.ts';

const [A, B, WITNESS] = ['us-east-1', 'us-west-2', 'us-east-2'] as const;
const SECONDS_BEFORE = 90;
const DOWN_SECONDS = 8;

export function example(now: number): View {
  const faultAt = now - 7_000;
  const workflow = acting(now);
  const traffic = Array.from({ length: SECONDS_BEFORE }, (_, index) => second(now - (SECONDS_BEFORE - index) * 1000, faultAt));
  return {
    ...emptyView('twin', outlines(), now), traffic, workflow, places: places(), watch: watch(now), journal: journal(faultAt),
    slack: [
      { ts: '1.000001', at: faultAt + 5_100, text: 'Failing over: shop: us-east-1 -> us-west-2\n2 of 3 vantage points see us-east-1 down; us-west-2 serves', reply: false, updates: 1, buttons: [] },
      { ts: '1.000002', at: faultAt + 5_300, text: 'Write permits withdrawn; waiting until the last one has run out', reply: true, updates: 0, buttons: [] },
    ],
    session: {
      source: 'twin', phase: 'broken', since: now, fault: { name: 'region-crash', at: faultAt }, notices: [{ at: faultAt, text: 'fault: region-crash: done', bad: false }],
      ...story({ phase: 'broken', detail: '', fault: 'region-crash', workflow, outcome: null, approvalWaits: false, busy: null }),
      actions: choices({ phase: 'broken', fault: 'region-crash', returned: false, closing: false, running: 'failover', failedOver: false, failedBack: false, paused: false, acknowledgementDue: false, hasSwitch: false, busy: null }),
    },
  };
}

/** 200 requests a second, half to each region until one dies; then resolvers lead users to the other one, which takes no writes yet. */
function second(at: number, faultAt: number): TrafficSecond {
  const after = (at - faultAt) / 1000;
  const wave = Math.round(Math.sin(at / 1000) * 4);
  const isDown = after >= 0 && after < DOWN_SECONDS;
  const [inA, inB] = [after >= 0 ? 0 : 100 + wave, after < 0 ? 100 - wave : Math.round(Math.min(100, 48 + after * 16))];
  return {
    at, ok: inA + inB, failed: 200 - inA - inB, writesOk: isDown ? 0 : 100, readsOk: isDown ? inB : 100, p50Ms: isDown ? 7 : 4, p99Ms: isDown ? 64 + wave * 3 : 21 + wave,
    byRegion: { [A]: inA, [B]: inB }, failures: isDown ? { timeout: 200 - inA - inB } : {}, lateMs: 2,
  };
}

function acting(now: number): WorkflowView {
  const done = (tookMs: number, entered = 1) => ({ entered, since: null, tookMs });
  return {
    machine: 'failover', execution: 'shop-us-east-1', region: WITNESS, startedAt: now - 3_100, endedAt: null,
    states: {
      'Verify outage': done(214), 'Outage confirmed?': done(1), 'Claim lease': done(102), 'Lease claimed?': done(0), 'Assess survivor': done(288), 'Safe to fail over?': done(0), 'Fence writer': done(340, 2), 'Fenced?': done(0, 2),
      'Wait for fence': done(1_480), 'Promote replica': { entered: 1, since: now - 200, tookMs: 0 }, 'Shift reads': done(410), 'Reads shifted?': done(0), 'Wait for answers': { entered: 1, since: now - 900, tookMs: 0 }, 'Scale survivor': done(620), 'Announce failover': done(91),
    },
  };
}

function places(): View['places'] {
  const database = (state: DatabaseView['state'], role: DatabaseView['role'], lagSeconds: number | null): DatabaseView => ({ name: 'orders', state, role, lagSeconds, closed: false });
  return [
    { region: A, kind: 'region', state: 'dark', database: database('stopped', 'unknown', null), permitEpoch: null }, { region: B, kind: 'region', state: 'up', database: database('up', 'replica', 7), permitEpoch: null },
    { region: WITNESS, kind: 'witness', state: 'up', database: null, permitEpoch: null },
  ];
}

const watch = (now: number): View['watch'] => ({
  quorum: 2, of: 3, against: { [A]: 2, [B]: 0 }, epoch: 1, holder: 'shop-us-east-1', pausedUntil: null, acknowledgementDue: true, blocks: [],
  points: [A, B, WITNESS].flatMap((vantagePoint) => [A, B].map((target) => {
    const isDown = target === A && vantagePoint !== A;
    return { vantagePoint, target, result: isDown ? 'down' : 'up', at: vantagePoint === A ? now - 7_400 : now - 700, latencyMs: 23, consecutiveFailures: isDown ? 6 : 0, fresh: vantagePoint !== A, reason: '' };
  })),
});

function journal(faultAt: number): readonly JournalLine[] {
  const line = (seconds: number, step: string, kind: JournalLine['kind'], summary: string, gates: JournalLine['gates'] = []): JournalLine => ({ at: faultAt + seconds * 1000, step, kind, summary, execution: 'shop-us-east-1', gates });
  return [
    line(3.9, 'Verify outage', 'gate', '2 of 3 vantage points see us-east-1 down; us-west-2 serves', [{ gate: 'quorum', passed: true, value: '2 of 3', threshold: '2, one of them us-east-2' }]),
    line(4.1, 'Claim lease', 'decision', 'epoch 1 claimed'), line(4.4, 'Assess survivor', 'gate', 'orders may be promoted: 0.2 s may be lost, 30 s are allowed'),
    line(4.7, 'Fence writer', 'intent', 'permits of epoch 0 withdrawn; us-east-1 is ordered to fence itself'), line(6.3, 'Fence writer', 'gate', 'the last write permit has run out'), line(6.8, 'Promote replica', 'intent', 'promote orders in us-west-2'),
  ];
}
