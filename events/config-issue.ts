// What is wrong with a configuration, in a form that a person can act on: where, what stands there, why not, and the fix.
// A problem never carries a secret: a value that looks like one is not repeated.
import { InvalidInputError } from '../domain/errors.ts';
import { printable } from '../domain/printable.ts';

export type ConfigPath = readonly (string | number)[];

export interface ConfigIssue {
  readonly severity: 'error' | 'warning';
  readonly path: ConfigPath;
  readonly line?: number;
  readonly column?: number;
  /** What stands there, shortened; absent when nothing stands there (a missing or a defaulted field). */
  readonly value?: string;
  readonly message: string;
  readonly fix: string;
  /** Other fields that the rule compared with: changing one of them is a fix as well. */
  readonly related?: readonly ConfigPath[];
}

/** All errors of a configuration at once. Its `name` is that of its family, which the state machines know. */
export class InvalidConfigError extends InvalidInputError {
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[], fileName: string) {
    super(issues.map((issue) => issueLine(issue, fileName)).join('\n'));
    this.issues = issues;
  }
}

/** `hotshift.yml:12:5 applications.shop.detection.slow: ... (found "9s"). Fix: ...` */
export function issueLine(issue: ConfigIssue, fileName: string): string {
  const place = issue.line === undefined ? fileName : `${fileName}:${issue.line}:${issue.column ?? 1}`;
  const found = issue.value === undefined ? '' : ` (found ${issue.value})`;
  return `${place} ${pathText(issue.path)}: ${issue.message}${found}. Fix: ${issue.fix}${issue.fix.endsWith('?') ? '' : '.'}`;
}

/** `applications.shop.traffic[0]`; the whole document is `(document)`. */
export function pathText(path: ConfigPath): string {
  if (path.length === 0) return '(document)';
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${printable(step)}`)).join('');
}

const valueLengthMax = 80;
const secretName = /password|passwd|credential|api_?key/i;
// Slack tokens, AWS access keys, private keys, user:password@ in a URL.
const secretValue = /xox[a-z]-|xapp-|\b(AKIA|ASIA)[A-Z0-9]{12,}|-----BEGIN|:\/\/[^/\s"]*@/i;

/** True for text that must not stand in a configuration, a message or a log. */
export const looksSecret = (text: string): boolean => secretValue.test(text);

/** A value as it may be repeated in a message. */
export function shownValue(value: unknown, path: ConfigPath): string | undefined {
  if (value === undefined) return undefined;
  const text = printable(typeof value === 'bigint' || typeof value === 'number' ? String(value) : JSON.stringify(value) ?? String(value));
  if (path.some((step) => secretName.test(String(step))) || looksSecret(text)) return 'a value that is not shown here';
  return text.length > valueLengthMax ? `${text.slice(0, valueLengthMax)}...` : text;
}

/** The known word that was probably meant, if one is near enough (one edit for each three letters). */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  if (word.length > 60) return undefined;
  const plain = (text: string): string => text.toLowerCase().replace(/[-_ ]|seconds$|ms$/g, '');
  const same = known.find((candidate) => plain(candidate) === plain(word));
  if (same !== undefined) return same;
  const near = known
    .map((candidate) => ({ candidate, edits: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(Math.max(candidate.length, word.length) / 3)))
    .sort((left, right) => left.edits - right.edits);
  return near[0]?.candidate;
}

function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
