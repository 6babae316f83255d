// One DNS message in, one out: the checks that come before a question is looked up (RFC 1035, EDNS of RFC 6891) and the
// limits of size after it. Whatever bytes arrive, it answers with a message or nothing (undefined), and never throws.
import * as dns from 'dns-packet';
import { answer, type AnswerContext, type Reply, type ResponseCode } from './answer.ts';

const HEADER_BYTES = 12;
/** Type and class. */
const QUESTION_TAIL_BYTES = 4;
/** The size that fits any path without fragments (DNS flag day 2020); we neither promise nor send more over UDP. */
const EDNS_BYTES = 1232;
/** RFC 1035 section 4.2.1: what a client without EDNS can take. */
const PLAIN_BYTES = 512;
const RECURSION_DESIRED = 0x0100;
const RECURSION_AVAILABLE = 0x0080;
const codes: Record<ResponseCode, number> = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };

const nothing: Reply = { code: 'FORMERR', authoritative: false, answers: [], authorities: [] };
const failure = (code: ResponseCode): Reply => ({ ...nothing, code });

/** The response to the bytes of a query; undefined when there must be none (a response, or less than a header). `forced` is answered to every question. */
export function respond(bytes: Buffer, transport: 'udp' | 'tcp', context: AnswerContext, forced?: ResponseCode): Buffer | undefined {
  // A response is never answered: two servers could keep each other busy for ever.
  if (bytes.length < HEADER_BYTES || (bytes[2] ?? 0) & 0x80) return undefined;
  const query = decoded(bytes);
  if (!query) return bareError(bytes, 'FORMERR');
  const { options, reply } = replyTo(query, bytes, context, forced);
  const size = transport === 'tcp' ? 65_535 : Math.min(Math.max(options?.udpPayloadSize ?? PLAIN_BYTES, PLAIN_BYTES), EDNS_BYTES);
  const whole = encoded(query, bytes, reply, options, context, false);
  return whole.length <= size ? whole : encoded(query, bytes, { ...reply, answers: [], authorities: [] }, options, context, true);
}

/** A header-only error, for what cannot be parsed. */
function bareError(bytes: Buffer, code: ResponseCode): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  bytes.copy(header, 0, 0, 3);
  header[2] = ((header[2] ?? 0) & 0x79) | 0x80;
  header[3] = codes[code];
  return header;
}

type Options = dns.OptAnswer | undefined;

function replyTo(query: dns.DecodedPacket, bytes: Buffer, context: AnswerContext, forced?: ResponseCode): { options: Options; reply: Reply } {
  const opts = (query.additionals ?? []).filter((record): record is dns.OptAnswer => record.type === 'OPT');
  const options = opts[0];
  const [question, ...more] = query.questions ?? [];
  if (opcodeOf(bytes) !== 0) return { options, reply: failure('NOTIMP') };
  if (opts.length > 1 || !question || more.length > 0 || !rawQuestion(query, bytes)) return { options, reply: failure('FORMERR') };
  if (forced) return { options, reply: failure(forced) };
  if (options && options.ednsVersion > 0) return { options, reply: failure('NOERROR') };
  if (question.class !== 'IN') return { options, reply: failure('REFUSED') };
  return { options, reply: answer({ name: question.name, type: question.type }, context) };
}

/**
 * The bytes of the single question, which the response repeats as they are. Undefined when the codec reads another name
 * than they spell (it takes labels as UTF-8 joined by dots, and follows pointers): we would look up what was not asked.
 */
function rawQuestion(query: dns.DecodedPacket, bytes: Buffer): Buffer | undefined {
  const [question, ...more] = query.questions ?? [];
  if (!question || more.length > 0) return undefined;
  const spelled = question.name === '.' ? [] : question.name.split('.').map((label) => Buffer.from(label));
  const name = Buffer.concat([...spelled.flatMap((label) => [Buffer.from([label.length]), label]), Buffer.from([0])]);
  const end = HEADER_BYTES + name.length;
  return name.equals(bytes.subarray(HEADER_BYTES, end)) ? bytes.subarray(HEADER_BYTES, end + QUESTION_TAIL_BYTES) : undefined;
}

function encoded(query: dns.DecodedPacket, bytes: Buffer, reply: Reply, options: Options, context: AnswerContext, truncated: boolean): Buffer {
  const flags =
    ((query.flags ?? 0) & RECURSION_DESIRED) |
    (reply.authoritative ? dns.AUTHORITATIVE_ANSWER : 0) |
    (truncated ? dns.TRUNCATED_RESPONSE : 0) |
    (context.resolver ? RECURSION_AVAILABLE : 0) |
    codes[reply.code];
  // RFC 6891: a version that we do not know is answered with BADVERS (16), whose upper bits live in the OPT record.
  const badVersion = options !== undefined && options.ednsVersion > 0;
  const opt: dns.OptAnswer = { type: 'OPT', name: '.', udpPayloadSize: EDNS_BYTES, extendedRcode: badVersion ? 1 : 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] };
  const question = rawQuestion(query, bytes) ?? Buffer.alloc(0);
  const rest = dns.encode({
    id: query.id ?? 0,
    type: 'response',
    flags: flags | (opcodeOf(bytes) << 11),
    questions: [],
    answers: [...reply.answers],
    authorities: [...reply.authorities],
    additionals: options ? [opt] : [],
  });
  rest.writeUInt16BE(question.length > 0 ? 1 : 0, 4);
  return Buffer.concat([rest.subarray(0, HEADER_BYTES), question, rest.subarray(HEADER_BYTES)]);
}

function decoded(bytes: Buffer): dns.DecodedPacket | undefined {
  try {
    return dns.decode(bytes);
  } catch {
    // Not a DNS message: the caller answers FORMERR.
    return undefined;
  }
}

const opcodeOf = (bytes: Buffer): number => ((bytes[2] ?? 0) >> 3) & 0xf;
