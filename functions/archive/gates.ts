// The gates of an execution in order, the same answer of a gate that was asked again and again told once. Pure.
import type { Timeline } from './timeline.ts';

export interface WhyGate {
  readonly at: number;
  readonly offsetSeconds: number;
  readonly step: string;
  readonly gate: string;
  readonly passed: boolean;
  readonly value: string;
  readonly threshold: string;
  readonly evidence?: string;
  /** How often in a row the gate gave this answer. */
  readonly times: number;
  /** It did not pass now, but did when it was asked again. */
  readonly passedLater: boolean;
}

/** Gates in order; the same answer of a gate that was asked again and again is one line. */
export function whyGates({ events }: Pick<Timeline, 'events'>): readonly WhyGate[] {
  const gates = events.flatMap((event) => event.gates.map((gate): WhyGate => ({ at: event.at, offsetSeconds: event.offsetSeconds, step: event.step, ...gate, times: 1, passedLater: false })));
  const same = (left: WhyGate, right: WhyGate): boolean => left.step === right.step && left.gate === right.gate;
  const merged = gates.reduce<readonly WhyGate[]>((kept, gate) => {
    const index = kept.findLastIndex((other) => same(other, gate));
    const before = kept[index];
    if (before === undefined || before.passed !== gate.passed || before.value !== gate.value) return [...kept, gate];
    return kept.with(index, { ...before, times: before.times + 1 });
  }, []);
  return merged.map((gate, index) => ({ ...gate, passedLater: !gate.passed && merged.slice(index + 1).some((later) => same(later, gate) && later.passed) }));
}
