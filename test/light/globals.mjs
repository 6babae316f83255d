// What `@jest/globals` is to tests that run in bare Node: the same functions, which the runner has put among the globals.
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } = globalThis;
