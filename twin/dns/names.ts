// Domain names in the one form in which the twin keeps them, which is Route 53's: lower case, a trailing dot, and every
// character outside a-z, 0-9, `-`, `_` and `.` as an octal escape (`*` is `\052`). It refuses names that DNS cannot carry.

/** RFC 1035 section 2.3.4. */
const LABEL_BYTES_MAX = 63;
/** 255 bytes on the wire leave 253 characters of text and the trailing dot. */
const NAME_CHARACTERS_MAX = 254;

const escapeByte = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`;
const isPlain = (byte: number): boolean => /[a-z0-9_-]/.test(String.fromCharCode(byte));
/** DNS compares ASCII letters without case, and no others (RFC 4343). */
const lowerByte = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);

/** Bytes of a label, its octal escapes undone and its letters lowered. */
function labelBytes(label: string): readonly number[] {
  const bytes: number[] = [];
  for (let at = 0; at < label.length; ) {
    const octal = /^\\([0-3][0-7]{2})/.exec(label.slice(at));
    const character = String.fromCodePoint(label.codePointAt(at) ?? 0);
    bytes.push(...(octal ? [Number.parseInt(octal[1] ?? '0', 8)] : Buffer.from(character, 'utf8')));
    at += octal ? 4 : character.length;
  }
  return bytes.map(lowerByte);
}

/** The canonical form of a name, or undefined when it is no domain name (a dot inside a label counts as none). */
export function canonicalName(name: string): string | undefined {
  const text = name.endsWith('.') ? name.slice(0, -1) : name;
  if (text === '') return '.';
  const labels = text.split('.').map(labelBytes);
  if (labels.some((label) => label.length === 0 || label.length > LABEL_BYTES_MAX || label.includes(0x2e))) return undefined;
  if (labels.reduce((sum, label) => sum + label.length + 1, 0) > NAME_CHARACTERS_MAX) return undefined;
  const escaped = labels.map((label) => label.map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : escapeByte(byte))).join(''));
  return `${escaped.join('.')}.`;
}

/** A canonical name as the DNS codec wants it: escapes undone, no trailing dot. */
export const spelledName = (name: string): string =>
  name.split('.').map((label) => Buffer.from(labelBytes(label)).toString('utf8')).join('.').replace(/\.$/, '');

/** Is `name` the zone's own name or below it? Both canonical. */
export function isWithin(name: string, zone: string): boolean {
  return zone === '.' || name === zone || name.endsWith(`.${zone}`);
}

/** The name one label up: `www.example.com.` gives `example.com.`; the root gives undefined. */
export function parentName(name: string): string | undefined {
  if (name === '.') return undefined;
  return name.slice(name.indexOf('.') + 1) || '.';
}

/** The wildcard that would cover names below `name`. */
export const wildcardBelow = (name: string): string => `\\052.${name}`;

/** What Route 53 sorts by: the name with its labels reversed, `com.example.www.` (ListResourceRecordSets). */
export const sortableName = (name: string): string => `${name.split('.').filter(Boolean).reverse().join('.')}.`;
