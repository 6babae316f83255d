// What the commands that start an execution by hand have in common: a person agrees by typing the application's name. How an
// execution is named and where it runs is in domain/starting.ts.
import type { ApplicationPlan } from '../domain/plan.ts';
import { CommandError, exitCodes } from './exit.ts';
import type { World } from './world.ts';

/** Asks unless --yes was given; throws CommandError when nobody can be asked or the name is another one. `what`: a sentence that says what is about to happen. */
export async function agreed({ terminal }: World, plan: ApplicationPlan, what: string, { yes }: { readonly yes?: boolean }): Promise<void> {
  if (yes === true) return;
  const answer = await terminal.ask(`${what} Type the application's name to go on: `, '');
  if (answer === plan.application) return;
  throw new CommandError(exitCodes.usage, answer === undefined ? 'nobody can be asked here' : `${JSON.stringify(answer)} is not ${plan.application}: nothing was started`, 'type the name, or add --yes');
}
