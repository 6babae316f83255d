// The story of a run: what people would want to read after it, in order of time, one line each. Probes and renewals are left out.
import type { Dated } from './facts.ts';

export class Story {
  readonly #startedAt: number;
  readonly lines: string[] = [];

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  note(fact: Dated): void {
    const text = lineOf(fact);
    if (text !== undefined) this.lines.push(`${((fact.at - this.#startedAt) / 1000).toFixed(2).padStart(8)} s  ${text}`);
  }

  text(): string {
    return this.lines.join('\n');
  }
}

function lineOf(fact: Dated): string | undefined {
  switch (fact.kind) {
    case 'fault': return `${fact.ends ? 'over' : 'FAULT'}     ${fact.text}`;
    case 'person': return `person    ${fact.did}`;
    case 'started': return `starts    ${fact.execution} in ${fact.region}${fact.manual ? ' by hand' : ''}: is ${fact.evacuated} down?`;
    case 'ended': return `ends      ${fact.execution}: ${fact.outcome}: ${fact.reason}`;
    case 'state': return /\?$|^(Wait|Name|Note)/.test(fact.state) ? undefined : `state     ${fact.execution}: ${fact.state}`;
    case 'journaled': return `journal   ${fact.entry.execution}: ${fact.entry.step}: ${fact.entry.summary}`;
    case 'lease': return fact.after.epoch > fact.before.epoch ? `lease     epoch ${fact.after.epoch} to ${fact.after.holder ?? 'nobody'}` : undefined;
    case 'permit': return fact.after.withdrawn ? `permit    of epoch ${fact.after.epoch} for ${fact.after.writer} withdrawn` : `permit    epoch ${fact.after.epoch} for ${fact.after.writer}`;
    case 'promoted': return `database  ${fact.database} in ${fact.region} has left recovery`;
    case 'weights': return `records   ${Object.entries(fact.weights).map(([region, weight]) => `${region} ${weight}`).join(', ')}`;
    case 'switch': return `switch    users are led ${fact.next.evacuated === undefined ? 'to both regions' : `away from ${fact.next.evacuated}`}`;
    case 'told': return `told      [${fact.announcement.severity}] ${fact.announcement.title}`;
    case 'acted': return fact.caller.kind === 'step' ? `call      ${fact.port} by ${fact.caller.execution ?? ''}${fact.at - fact.issuedAt > 8000 ? ' (late)' : ''}` : undefined;
    case 'observed': return fact.observation.consecutiveFailures === 1 ? `sees      ${fact.observation.vantagePoint} sees ${fact.observation.target} ${fact.observation.result}: ${fact.observation.reason}` : undefined;
    default: return undefined;
  }
}
