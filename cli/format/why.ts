// `hotshift why` for people: each gate in order with value, threshold and evidence, then the outcome and what to do. Pure.
import { lossText, nextSteps } from '../../functions/archive/next-steps.ts';
import { whyGates, type WhyGate } from '../../functions/archive/gates.ts';
import type { Timeline, TimelineEvent } from '../../functions/archive/timeline.ts';
import { durationText, offsetText, safe, timeText, wrapped, type Style } from './style.ts';

export function whyText(found: Timeline, style: Style, columns?: number): string {
  const next = nextSteps(found);
  return [
    ...headLines(found, style),
    '',
    ...gateLines(whyGates(found), refusalsWithoutGates(found.events), style, columns),
    '',
    ...outcomeLines(found, style, columns),
    ...(found.remarks.length === 0 ? [] : ['', ...found.remarks.flatMap((remark) => wrapped(safe(remark), columns, '  ', `${style.warn('!')} `))]),
    '',
    style.bold('What to do next'),
    ...next.steps.flatMap((step, index) => wrapped(safe(step), columns, '     ', `  ${index + 1}. `)),
    `  ${style.dim('Runbook:')} ${safe(next.runbook)}`,
  ].join('\n');
}

export function headLines(found: Timeline, style: Style): readonly string[] {
  return [
    `${style.bold(safe(found.execution))}  ${style.dim('application')} ${safe(found.application)}${found.epoch === undefined ? '' : `  ${style.dim('epoch')} ${found.epoch}`}`,
    `${style.dim('from')} ${timeText(found.startedAt)} ${style.dim('for')} ${durationText(found.workflowSeconds ?? found.seconds)}`,
  ];
}

export function outcomeLines(found: Timeline, style: Style, columns?: number): readonly string[] {
  const { outcome, lossWindow } = found;
  const paint = outcome === 'Failed over' ? style.good : outcome === 'Handed to a human' ? style.bad : style.warn;
  const loss = lossWindow === undefined ? []
    : wrapped(lossText(lossWindow), columns, '  ', `  ${style.dim('Loss window:')} `);
  return [
    `${style.bold('Outcome')}  ${paint(outcome ?? 'none yet')}`,
    ...(found.reason === undefined ? [] : wrapped(safe(found.reason), columns, '  ')),
    ...loss,
  ];
}

function gateLines(gates: readonly WhyGate[], refusals: readonly TimelineEvent[], style: Style, columns?: number): readonly string[] {
  if (gates.length === 0 && refusals.length === 0) return ['No gate was journaled.'];
  let step = '';
  const lines = gates.flatMap((gate) => {
    const heading = gate.step === step ? [] : [...(step === '' ? [] : ['']), style.bold(safe(gate.step))];
    step = gate.step;
    return [...heading, ...gateBlock(gate, style, columns)];
  });
  const refused = refusals.flatMap((event) => [`${style.bold(safe(event.step))}`, ...wrapped(safe(event.summary), columns, '       ', `  ${style.bad('NO')}   `)]);
  return [...lines, ...(refused.length > 0 && lines.length > 0 ? [''] : []), ...refused];
}

function gateBlock(gate: WhyGate, style: Style, columns?: number): readonly string[] {
  const mark = gate.passed ? style.good('ok') : gate.passedLater ? style.warn('--') : style.bad('NO');
  const again = `${gate.times > 1 ? `, ${gate.times} times` : ''}${gate.passedLater ? ', passed later' : ''}`;
  const detail = (name: string, text: string | undefined): readonly string[] =>
    (text === undefined || text === '' ? [] : wrapped(safe(text), columns, ' '.repeat(17), `       ${style.dim(name.padEnd(10))}`));
  return [
    `  ${mark}   ${gate.passed ? safe(gate.gate) : style.bold(safe(gate.gate))}  ${style.dim(`${offsetText(gate.offsetSeconds)}${again}`)}`,
    ...detail('found', gate.value), ...detail('needed', gate.threshold),
    // Evidence that only repeats what was found is noise.
    ...(gate.evidence === gate.value ? [] : detail('evidence', gate.evidence)),
  ];
}

/** Some gates are journaled in words only. */
const refusalsWithoutGates = (events: readonly TimelineEvent[]): readonly TimelineEvent[] =>
  events.filter((event) => event.kind === 'gate' && event.gates.length === 0);
