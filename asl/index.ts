// An interpreter of the Amazon States Language (JSONata) for the twin and the simulator: clock, chance and tasks are injected,
// and what it does not support is refused at load.
export { load, loadYaml } from './load.ts';
export { targetsOf } from './load-graph.ts';
export { execute, type Execution, type ExecutionOptions, type ExecutionResult } from './execute.ts';
export type { TaskRequest, TaskRunner } from './task.ts';
export type { Clock } from './race.ts';
export type { HistoryEvent } from './history.ts';
export type { Scope, State, StateMachine } from './definition.ts';
export { DefinitionError, TaskError, TaskTokenError, matches } from './errors.ts';
