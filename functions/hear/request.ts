// What Slack sent, in words of ours: a pressed button or a command. Parsed only after the signature was found genuine; what does not
// have the very form that Slack gives it is refused, since a reading between the lines is a guess.
import type { Word } from '../../domain/ports.ts';

interface Sender { readonly team: string; readonly channel: string; readonly user: string }
export interface Press extends Sender { readonly kind: 'press'; readonly application: string; readonly execution: string; readonly epoch: number; readonly word: Word }
export interface Command extends Sender { readonly kind: 'command'; readonly words: readonly string[] }
export type Heard = Press | Command | { readonly kind: 'malformed'; readonly reason: string };

const FORM = 'application/x-www-form-urlencoded';
const WORDS: readonly Word[] = ['approve', 'deny', 'hold'];
/** Slack's own limit for what a person types is far below. */
const TEXT_LENGTH_MAX = 500;

export function heard(contentType: string | undefined, body: Buffer): Heard {
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== FORM) return malformed(`the content type is not ${FORM}`);
  const text = new TextDecoder('utf-8').decode(body);
  if (text.includes('\uFFFD')) return malformed('the body is not UTF-8');
  const form = new URLSearchParams(text);
  const names = [...form.keys()];
  // A field that is there twice is read differently by different readers.
  if (new Set(names).size !== names.length) return malformed('a field is there twice');
  return form.has('payload') ? press(form) : command(form);
}

const malformed = (reason: string): Heard => ({ kind: 'malformed', reason });

function command(form: URLSearchParams): Heard {
  const [name, text = '', team, channel, user] = ['command', 'text', 'team_id', 'channel_id', 'user_id'].map((field) => form.get(field) ?? undefined);
  if (name !== '/hotshift' || !isId(team) || !isId(channel) || !isId(user)) return malformed('it is neither a button nor /hotshift');
  if (text.length > TEXT_LENGTH_MAX) return malformed(`the text is longer than ${TEXT_LENGTH_MAX} characters`);
  return { kind: 'command', team, channel, user, words: text.split(/\s+/).filter((word) => word !== '') };
}

function press(form: URLSearchParams): Heard {
  if ([...form.keys()].length !== 1) return malformed('a button comes with its payload alone');
  const payload = objectIn(form.get('payload') ?? '');
  if (payload?.['type'] !== 'block_actions') return malformed('the payload is not of a button');
  const [team, channel, user] = [idIn(payload['team']), idIn(payload['channel']), idIn(payload['user'])];
  if (!isId(team) || !isId(channel) || !isId(user)) return malformed('team, channel or user are missing');
  // Slack names the user's team as well; in a channel that is shared with another company it is another one.
  const own = recordOf(recordOf(payload['user'])['team_id'] === undefined ? { team_id: team } : payload['user'])['team_id'];
  if (own !== team) return malformed('the user belongs to another workspace');
  const actions: unknown = payload['actions'];
  if (!Array.isArray(actions) || actions.length !== 1) return malformed('there must be one action');
  return pressed(recordOf(actions[0]), { team, channel, user });
}

function pressed(action: Readonly<Record<string, unknown>>, sender: Sender): Heard {
  const value = typeof action['value'] === 'string' ? objectIn(action['value']) : undefined;
  if (action['type'] !== 'button' || value === undefined || Object.keys(value).length !== 4) return malformed('the button carries no question of ours');
  const { application, execution, epoch, word } = value;
  const known = WORDS.find((one) => one === word);
  if (typeof application !== 'string' || typeof execution !== 'string' || !/^[\w.-]{1,200}$/.test(execution) || !Number.isSafeInteger(epoch) || Number(epoch) < 1 || known === undefined) return malformed('the button carries no question of ours');
  if (action['action_id'] !== `hotshift_${known}`) return malformed('the button and its value differ');
  return { kind: 'press', ...sender, application, execution, epoch: Number(epoch), word: known };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Readonly<Record<string, unknown>> : undefined;
  } catch {
    return undefined;
  }
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? value as Readonly<Record<string, unknown>> : {});
const idIn = (value: unknown): string | undefined => { const { id } = recordOf(value); return typeof id === 'string' ? id : undefined; };
const isId = (value: string | undefined): value is string => value !== undefined && /^[A-Z][A-Z0-9]{5,20}$/.test(value);
