// Takes secrets out of what is about to be logged or thrown: by the name of a field and by the form of a text.
// It is the second lock: the first is that no adapter puts a secret into a message.

/** Fields whose value never leaves: task tokens, passwords, keys. */
const SECRET_NAME = /token|password|passwd|secret|authorization|credential|privatekey|accesskey/i;
/** Names of secrets are not secrets: a person needs them to find the secret. */
const HARMLESS_NAME = /^(tokenSecretId|secretId)$/;
const SECRET_TEXT: readonly RegExp[] = [
  /xox[a-z]-[\w-]+/gi,
  /\bBearer\s+[\w.~+/=-]+/gi,
  /(?<=:\/\/[^\s:/@]{1,64}:)[^\s@]+(?=@)/g,
  /(?<=\b(?:password|passwd|secret|token)["']?\s*[:=]\s*["']?)[^\s"',;}]+/gi,
];
const HIDDEN = '***';

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name) && !HARMLESS_NAME.test(name);

/** A text with tokens, bearer headers and passwords in addresses blanked out. */
export const redactedText = (text: string): string => SECRET_TEXT.reduce((left, pattern) => left.replace(pattern, HIDDEN), text);

/** A copy of plain data in which secret fields are blanked out. Depth is bounded: what is deeper was not meant for a log. */
export function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactedText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= 8) return '…';
  if (Array.isArray(value)) return value.map((entry) => redacted(entry, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, isSecretName(name) ? HIDDEN : redacted(entry, depth + 1)]));
}
