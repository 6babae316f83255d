// Record values between their zone-file text (as Route 53 keeps it) and what the DNS codec wants. Anything that is not a
// value of its type is answered as undefined, so that the API can refuse it before it ever reaches a name server.
import { isIPv4, isIPv6 } from 'node:net';
import type { Answer, SoaData } from 'dns-packet';
import { canonicalName, spelledName } from './names.ts';
import type { RecordType } from './record-sets.ts';

/** One character string of a TXT record holds at most 255 bytes (RFC 1035 section 3.3). */
const TEXT_BYTES_MAX = 255;

/** The codec's record for one value; undefined when the text is no value of this type. */
export function recordOf(name: string, type: RecordType, ttlSeconds: number, value: string): Answer | undefined {
  const head = { name, ttl: ttlSeconds };
  switch (type) {
    case 'A':
      return isIPv4(value) ? { ...head, type, data: value } : undefined;
    case 'AAAA':
      return isIPv6(value) ? { ...head, type, data: value } : undefined;
    case 'CNAME':
    case 'NS': {
      const target = canonicalName(value);
      return target === undefined || target === '.' ? undefined : { ...head, type, data: spelledName(target) };
    }
    case 'TXT': {
      const texts = textsOf(value);
      return texts ? { ...head, type, data: texts } : undefined;
    }
    case 'SOA': {
      const data = soaOf(value);
      return data ? { ...head, type, data } : undefined;
    }
  }
}

/** `"a b" "c"` gives its character strings; a backslash escapes a quote, a backslash or an octal byte. */
function textsOf(value: string): Buffer[] | undefined {
  const pieces = /^\s*(?:"(?:[^"\\]|\\.)*"\s*)+$/s.test(value) ? value.match(/"(?:[^"\\]|\\.)*"/gs) : null;
  if (!pieces) return undefined;
  const texts = pieces.map((piece) => {
    const bytes = piece.slice(1, -1).replace(/\\([0-3][0-7]{2})|\\(.)/gs, (_, octal: string | undefined, plain: string) => (octal ? String.fromCharCode(Number.parseInt(octal, 8)) : plain));
    return Buffer.from(bytes, 'latin1');
  });
  return texts.some((text) => text.length > TEXT_BYTES_MAX) ? undefined : texts;
}

function soaOf(value: string): SoaData | undefined {
  const [mname, rname, ...numbers] = value.trim().split(/\s+/);
  const [serial, refresh, retry, expire, minimum] = numbers.map(Number);
  if (!mname || !rname || numbers.length !== 5 || !numbers.every((number) => /^\d+$/.test(number))) return undefined;
  const bare = (name: string): string => name.replace(/\.$/, '');
  return { mname: bare(mname), rname: bare(rname), serial: serial ?? 0, refresh: refresh ?? 0, retry: retry ?? 0, expire: expire ?? 0, minimum: minimum ?? 0 };
}
