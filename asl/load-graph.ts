// The states of a machine, branch or processor as a graph: names are unique, targets exist, every state is reached, something ends it.
import type { Scope, State } from './definition.ts';
import { asFields, type Fields, type Part } from './load-fields.ts';
import { loadState } from './load-state.ts';

/** Step Functions service quotas, "General quotas": names of states. */
const NAME_CHARACTERS_MAX = 80;

/** Loads a scope and those inside it; `names` are those of the whole machine. */
export function loadScope(part: Part, where: string, names: Set<string>, problems: string[]): Scope {
  const startAt = part.text('StartAt') ?? '';
  const given = asFields(part.fields['States']);
  const states = new Map<string, State>();
  if (given === undefined || Object.keys(given).length === 0) {
    problems.push(`${where}: States: must hold at least one state`);
    return { startAt, states };
  }
  for (const [name, value] of Object.entries(given)) {
    // Guide, "States": unique within the whole state machine.
    if (names.has(name)) problems.push(`${name}: the name stands twice in this state machine`);
    if (name.length === 0 || name.length > NAME_CHARACTERS_MAX) problems.push(`${name}: a name has 1 to ${NAME_CHARACTERS_MAX} characters`);
    names.add(name);
    const loaded = loadState(name, value, (branch, inner) => loadScope(branch, inner, names, problems), problems);
    if (loaded !== undefined) states.set(name, loaded);
  }
  checkTargets(where, startAt, given, states, problems);
  return { startAt, states };
}

/** The states to which a state can lead, with the field that says so. */
function edgesOf(state: State): readonly (readonly [field: string, target: string])[] {
  const next = state.next === undefined ? [] : [['Next', state.next] as const];
  const caught = 'catch' in state ? state.catch.map((catcher, index) => [`Catch[${index}]/Next`, catcher.next] as const) : [];
  const chosen = state.type === 'Choice' ? state.rules.map((rule, index) => [`Choices[${index}]/Next`, rule.next] as const) : [];
  const fallback = state.type === 'Choice' && state.fallback !== undefined ? [['Default', state.fallback] as const] : [];
  return [...next, ...caught, ...chosen, ...fallback];
}

/** The states to which a state can lead. */
export const targetsOf = (state: State): readonly string[] => edgesOf(state).map(([, target]) => target);

function checkTargets(where: string, startAt: string, given: Fields, states: ReadonlyMap<string, State>, problems: string[]): void {
  const has = (name: string): boolean => Object.hasOwn(given, name);
  if (!has(startAt)) problems.push(`${where}: StartAt: there is no state "${startAt}"`);
  for (const [name, state] of states) {
    for (const [field, target] of edgesOf(state)) if (target !== '' && !has(target)) problems.push(`${name}: ${field}: there is no state "${target}" beside it`);
  }
  // A state that could not be loaded leads where its Next says, and may be an end: one problem shall not look like several.
  const leadsTo = (name: string): readonly unknown[] => {
    const state = states.get(name);
    return state === undefined ? [asFields(given[name])?.['Next']] : targetsOf(state);
  };
  const reached = new Set<unknown>([startAt]);
  for (const name of reached) for (const target of typeof name === 'string' ? leadsTo(name) : []) reached.add(target);
  if (has(startAt)) for (const name of Object.keys(given)) if (!reached.has(name)) problems.push(`${name}: no state leads to it`);
  const ends = [...states.values()].some((state) => state.end || state.type === 'Succeed' || state.type === 'Fail');
  if (!ends && states.size === Object.keys(given).length) problems.push(`${where}: no state ends it (End, Succeed or Fail)`);
}
