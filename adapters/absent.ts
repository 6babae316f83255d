// "There is none" as an answer: the not-found errors of a service become undefined, everything else stays an error of ours.
import { asking, type Request } from './failures.ts';

/** Asks; undefined when the service says by one of these names that the thing does not exist. */
export async function orAbsent<T>(request: Request, names: readonly string[], ask: () => Promise<T>): Promise<T | undefined> {
  return asking(request, async () => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Error && names.includes(error.name)) return undefined;
      throw error;
    }
  });
}
