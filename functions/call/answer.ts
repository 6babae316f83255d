// Did a hook do what it is for? Only `{"ok": true}` says so: silence, an error, another form and a plain no are all failures, each with its
// words. Whether a failure stops anything is the plan's to say.
import type { HookPlan } from '../../domain/hooks.ts';

export interface HookResult { readonly hook: string; readonly ok: boolean; readonly required: boolean; readonly reason: string }

/** Enough to act on, too little to flood a page; strangers choose these words. */
const REASON_LENGTH_MAX = 200;

export function answered({ name, required }: HookPlan, answer: unknown): HookResult {
  const found = typeof answer === 'object' && answer !== null ? answer as { readonly ok?: unknown; readonly reason?: unknown } : {};
  if (found.ok === true) return { hook: name, ok: true, required, reason: 'did it' };
  const reason = found.ok === false ? `said no: ${typeof found.reason === 'string' ? found.reason : 'without a reason'}` : `answered neither {"ok": true} nor {"ok": false}: ${shown(answer)}`;
  return { hook: name, ok: false, required, reason: clean(reason) };
}

export const silent = ({ name, required }: HookPlan, error: unknown): HookResult =>
  ({ hook: name, ok: false, required, reason: clean(error instanceof Error ? error.message : String(error)) });

export interface Called { readonly passed: boolean; readonly reason: string }

/** `passed`: nothing that is required has failed. The reason names every failure. */
export function called(results: readonly HookResult[]): Called {
  const failed = results.filter(({ ok }) => !ok);
  return {
    passed: !failed.some(({ required }) => required),
    reason: failed.map(({ hook, required, reason }) => `hook ${hook}${required ? ' (required)' : ''} ${reason}`).join('; '),
  };
}

const shown = (answer: unknown): string => answer === undefined ? 'nothing' : JSON.stringify(answer);
/** One line, whatever they write. */
const clean = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, REASON_LENGTH_MAX);
