// Requests that must come to nothing: forged, old, changed, malformed, and genuine ones of people or places that may not. Each is a real
// one with one thing wrong.
import { createHash, createHmac } from 'node:crypto';
import type { HttpRequest } from '../../../functions/hear/hear.ts';
import { signatureOf } from '../../../functions/hear/signature.ts';
import { start } from '../ports.ts';
import { ANA, OPS, press, SECRET, signed, TOKEN, command, value, type Pressed } from './channel.ts';

export interface Wrong { readonly what: string; readonly request: HttpRequest; readonly status: number }

const body = press();
const now = String(start / 1000);
const right = signatureOf(SECRET, now, Buffer.from(body));
const signature = (text: string | undefined): HttpRequest => signed(body, { headers: { 'x-slack-signature': text } });
const timestamp = (text: string | undefined): HttpRequest => signed(body, { headers: { 'x-slack-request-timestamp': text, 'x-slack-signature': signatureOf(SECRET, text ?? '', Buffer.from(body)) } });
const hmac = (text: string, secret = SECRET, algorithm = 'sha256'): string => createHmac(algorithm, secret).update(text).digest('hex');
const after = (signedBody: string, sentBody: string): HttpRequest => ({ ...signed(signedBody), body: Buffer.from(sentBody).toString('base64') });
const of = (status: number, cases: Readonly<Record<string, HttpRequest>>): readonly Wrong[] => Object.entries(cases).map(([what, request]) => ({ what, request, status }));
const pressed = (changes: Pressed): HttpRequest => signed(press(changes));
const carrying = (changes: object): HttpRequest => pressed({ value: value(changes) });
const form = (fields: readonly (readonly [string, string])[]): HttpRequest => signed(new URLSearchParams(fields.map(([name, text]): [string, string] => [name, text])).toString());
const payloadOf = (text: string): string => new URLSearchParams(text).get('payload') ?? '';

const forged = of(401, {
  'without a signature': signature(undefined), 'an empty signature': signature(''), 'a word as signature': signature('trust me'), 'only the version': signature('v0='),
  'another version': signature(right.replace('v0=', 'v1=')), 'upper-case digits': signature(`v0=${right.slice(3).toUpperCase()}`), 'half a signature': signature(right.slice(0, 35)),
  'one digit changed': signature(right.slice(0, -1) + (right.endsWith('0') ? '1' : '0')), 'two signatures': signature(`${right},${right}`), 'spaces around it': signature(` ${right} `),
  'a line break behind it': signature(`${right}\n`), 'in base64': signature(`v0=${Buffer.from(right.slice(3), 'hex').toString('base64')}`), 'zeros': signature(`v0=${'0'.repeat(64)}`),
  'another secret': signed(body, { secret: 'guessed' }), 'no secret': signed(body, { secret: '' }), 'the task token as secret': signed(body, { secret: TOKEN }),
  'the body alone was signed': signature(`v0=${hmac(body)}`), 'without the version in what was signed': signature(`v0=${hmac(`${now}:${body}`)}`), 'a hash without a secret': signature(`v0=${createHash('sha256').update(`v0:${now}:${body}`).digest('hex')}`),
  'SHA-1': signature(`v0=${hmac(`v0:${now}:${body}`, SECRET, 'sha1')}`), 'of another time': signature(signatureOf(SECRET, String(Number(now) - 1), Buffer.from(body))), 'of an empty body': signature(signatureOf(SECRET, now, Buffer.alloc(0))),
  'a forged command': signed(command('pause 24h because'), { secret: 'guessed' }),
});

const old = of(401, {
  'without a timestamp': timestamp(undefined), 'an empty timestamp': timestamp(''), 'a word as timestamp': timestamp('now'), 'a negative one': timestamp(`-${now}`), 'in milliseconds': timestamp(`${now}000`),
  'with a fraction': timestamp(`${now}.5`), 'in scientific form': timestamp('1.7639e9'), 'hexadecimal': timestamp('0x69241c00'), 'with a sign': timestamp(`+${now}`), 'with a space': timestamp(` ${now}`),
  '301 s old': signed(body, { at: start - 301_000 }), 'a day old': signed(body, { at: start - 86_400_000 }), '301 s ahead': signed(body, { at: start + 301_000 }), 'of the year 2286': timestamp('9999999999'),
});

const changed = of(401, {
  'another word': after(body, press({ value: value({ word: 'deny' }) })), 'another application': after(body, press({ value: value({ application: 'other' }) })), 'another user': after(press({ user: 'U0MALLORY1' }), body),
  'another epoch': after(press({ value: value({ epoch: 3 }) }), body), 'a space behind it': after(body, `${body} `), 'one more field': after(body, `${body}&x=1`), 'encoded anew': after(body, body.replaceAll('%22', '"')),
  'lower-case escapes': after(body, body.replace('%7B', '%7b')), 'taken for text, not for base64': { ...signed(body), isBase64Encoded: false }, 'taken for base64': { ...signed(body, { base64: false }), isBase64Encoded: true }, 'nothing': { ...signed(body), body: '' },
});

const malformed = of(400, {
  'no content type': signed(body, { headers: { 'content-type': undefined } }), 'JSON': signed('{"type":"block_actions"}', { headers: { 'content-type': 'application/json' } }), 'multipart': signed(body, { headers: { 'content-type': 'multipart/form-data; boundary=x' } }),
  'two payloads': form([['payload', payloadOf(press({ value: value({ word: 'deny' }) }))], ['payload', payloadOf(body)]]), 'a payload and a command': form([['payload', payloadOf(body)], ['command', '/hotshift']]),
  'no JSON': form([['payload', '{']]), 'a list': form([['payload', '[]']]), 'null': form([['payload', 'null']]), 'an empty payload': form([['payload', '']]), 'an empty body': signed(''),
  'another type': pressed({ payload: { type: 'view_submission' } }), 'a shortcut': pressed({ payload: { type: 'message_action' } }), 'no actions': pressed({ payload: { actions: [] } }),
  'two actions': pressed({ payload: { actions: [{}, {}] } }), 'actions that are no list': pressed({ payload: { actions: { 0: {} } } }), 'a menu': pressed({ action: { type: 'static_select' } }), 'a value that is no text': pressed({ action: { value: value() } }),
  'a value that is no JSON': pressed({ value: 'approve' }), 'one field more in the value': carrying({ by: 'ben' }), 'a word of its own': carrying({ word: 'force' }), 'an inherited word': carrying({ word: 'constructor' }),
  'an epoch as text': carrying({ epoch: '4' }), 'epoch 0': carrying({ epoch: 0 }), 'a broken epoch': carrying({ epoch: 4.5 }), 'an execution with a path': carrying({ execution: '../run-1' }), 'an execution with a line break': carrying({ execution: 'run-1\n' }),
  'an application that is no text': carrying({ application: ['shop'] }), 'button and value differ': pressed({ action: { action_id: 'hotshift_deny' } }), 'a button of somebody else': pressed({ action: { action_id: 'approve' } }),
  'no user': pressed({ payload: { user: null } }), 'a user without an id': pressed({ payload: { user: { name: 'ana' } } }), 'no team': pressed({ payload: { team: null } }), 'no channel': pressed({ payload: { channel: undefined } }),
  'a user of another workspace': pressed({ payload: { user: { id: ANA, team_id: 'T0EVILEVIL' } } }), 'bytes that are no text': signed(Buffer.from([0x70, 0x3d, 0xff, 0xfe])), 'another command': signed(command('pause 24h x', { name: '/other' })),
  'a command that never ends': signed(command(`pause 1h ${'x'.repeat(600)}`)), 'a command twice': signed(`${command('status')}&text=pause+24h+x`),
});

const strangers = [
  ...of(405, { 'GET': signed(body, { method: 'GET' }), 'a body of 70 kB': signed(`${body}&${'x'.repeat(70_000)}`) }),
  ...of(403, {
    'another workspace': pressed({ team: 'T0EVILEVIL' }), 'another channel': pressed({ channel: 'C0RANDOM99' }), 'an unknown application': carrying({ application: 'nothing' }), 'an application of another channel': carrying({ application: 'other' }),
    'a prototype as application': carrying({ application: '__proto__' }), 'a command of another workspace': signed(command('pause 24h x', { team: 'T0EVILEVIL' })), 'a command in another channel': signed(command('ack', { channel: 'C0RANDOM99' })),
  }),
  ...of(200, {
    'somebody who is in no list': pressed({ user: 'U0MALLORY1' }), 'an operator approves': pressed({ user: OPS }), 'an id that only begins the same': pressed({ user: `${ANA}0` }), 'somebody pauses': signed(command('pause 24h x', { user: 'U0MALLORY1' })),
    'somebody acknowledges': signed(command('ack', { user: 'U0MALLORY1' })), 'somebody resumes': signed(command('resume', { user: 'U0MALLORY1' })), 'somebody starts a drill': signed(command('drill shop eu-west-1 now', { user: 'U0MALLORY1' })), 'somebody starts a switchover': signed(command('drill shop eu-west-1 switchover now', { user: 'U0MALLORY1' })), 'an operator starts a switchover': signed(command('drill shop eu-west-1 switchover now', { user: OPS })),
    'a drill of a region that is none': signed(command('drill shop eu-north-1 now')), 'a drill while a failover runs': signed(command('drill shop eu-west-1 now')), 'a drill with a word too many': signed(command('drill shop eu-west-1 now now')),
    'a pause without an end': signed(command('pause')), 'a pause of a month': signed(command('pause 720h holiday')),
    'a pause without a reason': signed(command('pause 1h')), 'an acknowledgement of a running failover': signed(command('ack')), 'a question of an earlier epoch': carrying({ epoch: 3 }), 'a question of a later epoch': carrying({ epoch: 5 }),
    'an execution that does not hold the lease': carrying({ execution: 'run-2' }),
  }),
];

export const corpus: readonly Wrong[] = [...forged, ...old, ...changed, ...malformed, ...strangers];
