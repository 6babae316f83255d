// Takes secrets out of what is about to be logged, journaled, sent or thrown: by the name of a field, by the form of a text, and by
// being one that this process has read. It is the second lock: the first is that no adapter puts a secret into a message.

/** Fields whose value never leaves: task tokens, passwords, keys. */
const SECRET_NAME = /token|password|passwd|passphrase|secret|authorization|credential|privatekey|accesskey|apikey|routingkey|signingkey|integrationkey|signature|webhook|cookie/i;
/** Names of secrets are not secrets: a person needs them to find the secret. */
const HARMLESS_NAME = /^(tokenSecret|secret|signingSecret|routingKeySecret)Id$/;
const NAMED = '[\\w.-]*(?:passw(?:or)?d|passphrase|secret(?:[_-]?access)?(?:[_-]?key)?|token|(?:api|access|account|routing|signing|integration|private|encryption)[_-]?key)';
const SECRET_TEXT: readonly RegExp[] = [
  // First, since their inside looks like other things.
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----[\s\S]*?(-----END [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----|$)/g,
  /https:\/\/hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers|commands|actions|app)\/[\w/.-]+/gi,
  /\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w.-]+/gi,
  /\bv0=[0-9a-f]{64}\b/gi,
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{6,}/gi,
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g,
  /(?<=\b(?:Credential|Signature|X-Amz-(?:Signature|Security-Token|Credential))=)[^\s,&"']+/gi,
  /\beyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?(?:\.[\w-]+){0,2}/g,
  /\b(?:gh[pousr]_|github_pat_|glpat-|npm_|sk_live_|rk_live_|AIza|pypi-|dop_v1_)[\w-]{16,}/g,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}/g,
  // Up to the last @ before a space or a slash: a password may hold one itself.
  /(?<=:\/\/[^\s:/@]{0,64}:)[^\s/]+(?=@)/g,
  new RegExp(`(?<=\\b${NAMED}["']?\\s*[:=]\\s*["']?)[^\\s"',;}&]+`, 'gi'),
  /(?<=\bIDENTIFIED BY\s+'|\bPASSWORD\s+')[^']+/gi,
  // Task tokens of Step Functions and everything else that long and opaque; no text for people has such a word.
  /\b(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-z])(?=[\w+/=-]*[A-Z])[\w+/=-]{180,}/g,
];
const HIDDEN = '***';

/** Values that this process has read as secrets. Shorter ones would blank out words by chance. */
const KNOWN_LENGTH_MIN = 8;
const known = new Set<string>();
/** Keeps a value out of every text from now on, in whatever form it comes. */
export function hide(...values: readonly string[]): void {
  for (const value of values) for (const text of [value, value.trim(), JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]) if (text.length >= KNOWN_LENGTH_MIN) known.add(text);
}

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name) && !HARMLESS_NAME.test(name);

/** A text with tokens, keys, bearer headers and passwords in addresses blanked out. */
export function redactedText(text: string): string {
  let left = text;
  for (const value of known) left = left.replaceAll(value, HIDDEN);
  return SECRET_TEXT.reduce((rest, pattern) => rest.replace(pattern, HIDDEN), left);
}

/** A copy of plain data in which secret fields are blanked out. Depth is bounded: what is deeper was not meant for a log. */
export function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactedText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= 8) return '…';
  if (Array.isArray(value)) return value.map((entry) => redacted(entry, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, isSecretName(name) ? HIDDEN : redacted(entry, depth + 1)]));
}

/** What leaves for people or for a history: every text in it without secrets, everything else as it is. */
export function withoutSecrets<T>(value: T): T {
  if (typeof value === 'string') return redactedText(value) as T;
  if (Array.isArray(value)) return value.map(withoutSecrets) as T;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withoutSecrets(entry as unknown)])) as T;
}
