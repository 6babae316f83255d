// Lint: types are used where they find real faults (promises, exhaustiveness), and the import law is a rule, not a habit.
import tseslint from 'typescript-eslint';

/** What a folder may not import, each with the reason that is shown. */
const forbid = (...entries) => ({ 'no-restricted-imports': ['error', { patterns: entries.map(([what, message]) => (what instanceof RegExp ? { regex: what.source, message } : { group: what, message })) }] });
const SDK = [['@aws-sdk/client-*', '@aws-sdk/lib-*'], 'only adapters (and the twin) import AWS SDK clients'];
const STRICT = ['domain/**/*.ts', 'functions/**/*.ts', 'guard/**/*.ts'];
const HANDLER = [['**/handler.ts'], 'nobody imports a handler'];

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.hotshift', '.venv', 'coverage', 'reports', 'guard/dist', '.stryker-tmp'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'eqeqeq': 'error', 'no-var': 'error', 'prefer-const': 'error', 'no-eval': 'error', 'no-implied-eval': 'error', 'no-empty': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
    },
  },
  // What decides and what applications run: the strict set as well. Elsewhere it finds next to nothing but text made of numbers.
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: STRICT })),
  {
    files: STRICT,
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  { files: ['domain/**/*.ts'], rules: forbid([['../*', '!../domain/*'], 'domain imports nothing'], SDK, HANDLER) },
  { files: ['asl/**/*.ts', 'guard/**/*.ts'], rules: forbid([['../*'], 'asl/ and guard/ import nothing of ours'], HANDLER) },
  {
    // Nouns and verbs: the domain and their own folder.
    files: ['functions/*/*.ts'], ignores: ['functions/*/handler.ts'],
    rules: forbid([/^\.\.\/[^.]/, 'no step imports another step'], [['../../adapters/*', '../../events/*', '../../twin/*', '../../simulator/*', '../../asl/*'], 'verbs and nouns import only domain and their own folder'], SDK, HANDLER),
  },
  { files: ['functions/*/handler.ts'], rules: forbid([/^\.\.\/[^.]/, 'no step imports another step'], [['../../twin/*', '../../simulator/*', '../../asl/*', '../../cli/*'], 'a handler only wires adapters into its verb'], SDK, HANDLER) },
  { files: ['events/**/*.ts', 'cli/**/*.ts', 'console/**/*.ts', 'resources/**/*.ts'], rules: forbid(SDK, HANDLER) },
  { files: ['adapters/**/*.ts', 'simulator/**/*.ts', 'twin/**/*.ts'], rules: forbid(HANDLER) },
  { files: ['test/**/*.ts'], rules: { ...forbid(HANDLER), '@typescript-eslint/no-explicit-any': 'off', '@typescript-eslint/no-non-null-assertion': 'off', '@typescript-eslint/only-throw-error': 'off', '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/no-misused-promises': 'off', '@typescript-eslint/await-thenable': 'off' } },
);
