// Tests that only compute run in bare Node and not in a context of `node:vm`, where each name of a global is looked up by an
// interceptor: the simulator takes a third of the time. Jest's own package of these names refuses to be imported there.
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) => (specifier === '@jest/globals' ? { url: new URL('./globals.mjs', import.meta.url).href, shortCircuit: true } : next(specifier, context)),
});
