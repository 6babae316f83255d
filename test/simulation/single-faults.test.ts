// Exhaustive before random: every port call of the steps in a plain failover goes wrong in every way, once each. No invariant is
// violated, and what may pass passes: only a clear "no" and an answer that cannot be read hand the failover over to people.
// HOTSHIFT_EXHAUSTIVE=1 runs all kinds on all calls; without it each call gets two kinds, in turn, one of them a crash.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { CALL_FAULTS, type CallFaultKind } from '../../simulator/calls.ts';
import { PLAIN_OUTAGE, callSites, withFault, type CallSite } from '../../simulator/exhaustive.ts';
import type { RunResult } from '../../simulator/simulate.ts';

const ALL = process.env['HOTSHIFT_EXHAUSTIVE'] === '1';
const SEEDS = (process.env['HOTSHIFT_SEEDS'] ?? '1').split(',').map(Number);
/** The step stops for these, on purpose: retrying cannot help, or the answer is unknown and therefore unsafe. */
const CLEAR: ReadonlySet<CallFaultKind> = new Set(['denied', 'garbage']);
const CRASHES: readonly CallFaultKind[] = ['crash-before', 'crash-after'];
const OTHERS = CALL_FAULTS.filter((kind) => !CRASHES.includes(kind));

interface Single { readonly site: CallSite; readonly kind: CallFaultKind; readonly result: RunResult }

describe('every single fault of a failover', () => {
  const runs: Single[] = [];
  beforeAll(async () => {
    for (const seed of SEEDS) {
      const options = { seed, faults: PLAIN_OUTAGE };
      const sites = await callSites(options);
      for (const [index, site] of sites.entries()) {
        for (const kind of kindsFor(index)) runs.push({ site, kind, result: await withFault(options, site, kind) });
      }
    }
  }, 3_600_000);

  test('the failover makes the calls that are put to the test', () => {
    const ports = new Set(runs.map(({ site }) => `${site.step} ${site.port}`));
    for (const call of ['claim leases.replace', 'fence permits.withdraw', 'fence intents.record', 'promote database.promote', 'promote database.writeProbe', 'shift permits.grant', 'shift traffic.setWeights', 'conclude leases.replace']) {
      expect(ports).toContain(call);
    }
  });

  test('no invariant is violated', () => {
    const violating = runs.filter(({ result }) => result.violations.length > 0).map(described);
    expect(violating).toEqual([]);
  });

  test('what may pass by itself, and a crash at any call, ends as if nothing had happened', () => {
    const others = runs.filter(({ kind, result }) => !CLEAR.has(kind) && !isComplete(result)).map(described);
    expect(others).toEqual([]);
  });

  test('a clear no or an unreadable answer fails over, or hands over with the reason; never half', () => {
    const clear = runs.filter(({ kind }) => CLEAR.has(kind));
    expect(clear.length).toBeGreaterThan(10);
    const silent = clear.filter(({ result }) => !isComplete(result) && !(result.outcome === 'Handed to a human' && /AccessDenied|Unexpected end of JSON/.test(result.reason)));
    expect(silent.map(described)).toEqual([]);
  });
});

function kindsFor(index: number): readonly CallFaultKind[] {
  if (ALL) return CALL_FAULTS;
  return [OTHERS[index % OTHERS.length] ?? 'fails', CRASHES[index % CRASHES.length] ?? 'crash-after'];
}

/** As the run without a fault ends: one promotion, writes in the survivor, people told. */
const isComplete = ({ outcome, promoted, writer, world }: RunResult): boolean =>
  outcome === 'Failed over' && promoted.length === 1 && writer === world.plan.regions[1];

const described = ({ site, kind, result }: Single): string =>
  `seed ${result.seed}: ${kind} on call ${site.turn + 1} of ${site.port} by ${site.step}: ${result.outcome}: ${result.reason}; ${result.violations.map((entry) => `${entry.invariant}: ${entry.what}`).join('; ')}`;
