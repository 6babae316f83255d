// The report of a run as the page shows it: the figures that people ask for first. The whole report is a page of its own. Pure.
import type { RunResult } from '../twin/figures.ts';
import type { ReportView } from './view.ts';

export function reportView(result: RunResult, expected: string): ReportView {
  const { outcome, fault, reason, writeDowntimeSeconds, readDowntimeSeconds, floor, phases, ackedWrites, lostAckedWrites, lostOutsideWindow, lossWindowSeconds, writersSeen, invariants, notes } = result;
  return {
    outcome, expected, fault, reason, writeDowntimeSeconds, readDowntimeSeconds, floorSeconds: floor.seconds, floorTerms: floor.terms, phases,
    // Without a fault anything that holds all invariants is as it must be: a drill, a failover by hand that stood down.
    good: Object.values(invariants).every(Boolean) && (fault === 'none' || outcome === expected),
    acknowledged: ackedWrites, lost: lostAckedWrites, lostOutsideWindow, lossWindowSeconds, writers: writersSeen, invariants, notes,
  };
}
