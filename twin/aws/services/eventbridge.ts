// EventBridge: buses, rules with patterns, delivery to state machines, Lambda functions, topics and buses of other regions. Wiring,
// and PutEvents. Delivery is at least once and unordered, as AWS's; no archives, schedules, API destinations or pipes.
import * as client from '@aws-sdk/client-eventbridge';
import type { PutEventsCommandInput, PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { AwsError, type CallContext, type Clock, type Service } from '../service.ts';
import type { EndpointNetwork } from '../dispatch.ts';
import type { ServiceCall } from '../server.ts';
import { deliver, type DeadLetter, type DeliveryOptions } from './eventbridge/delivery.ts';
import { busEvent, type BusEvent } from './eventbridge/event.ts';
import { fits } from './eventbridge/pattern.ts';
import { Rules } from './eventbridge/rules.ts';

export interface EventBridgeOptions {
  readonly clock: Clock;
  /** Calls targets; usually `(...call) => endpoint.call(...call)`. */
  readonly call: ServiceCall;
  /** The way to buses of other regions. */
  readonly network: EndpointNetwork;
  readonly buses?: readonly { readonly region: string; readonly name: string }[];
  readonly random?: () => number;
  /** The first wait of a retried delivery. AWS documents no figure. */
  readonly firstRetryMs?: number;
  /** Told of every event that reached a bus. */
  readonly onEvent?: (event: BusEvent, bus: string) => void;
}

export interface EventBridgeService extends Service {
  /** An event of AWS itself, for the default bus of its region. */
  emit(event: BusEvent): void;
  /** Events that targets never took. */
  readonly deadLetters: readonly DeadLetter[];
}

const ENTRIES_MAX = 10;
/** AWS: 256 KB per request until 2025, 1 MB since. */
const REQUEST_BYTES_MAX = 1024 * 1024;
/** A bus of another region that does not answer; then the delivery is tried again. */
const FORWARD_TIMEOUT_MS = 5000;

export function eventBridgeService(options: EventBridgeOptions): EventBridgeService {
  const rules = new Rules(options.buses ?? []);
  const deadLetters: DeadLetter[] = [];
  const delivery: DeliveryOptions = {
    clock: options.clock, call: options.call, random: options.random ?? Math.random, firstRetryMs: options.firstRetryMs ?? 1000,
    onDeadLetter: (letter) => deadLetters.push(letter),
    forward: async (event, from, busArn) => {
      const [, , , region = ''] = busArn.split(':');
      const bus = busArn.slice(busArn.indexOf('/') + 1);
      await reach(options, from, region);
      if (!rules.hasBus(bus, region)) throw new AwsError('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
      arrive(event, bus, region);
    },
  };
  const arrive = (event: BusEvent, bus: string, region: string): void => {
    options.onEvent?.(event, bus);
    for (const rule of rules.enabled(bus, region)) {
      if (!fits(rule.pattern, event)) continue;
      for (const target of rule.targets.values()) void deliver(delivery, event, target, rule);
    }
  };
  const handlers = {
    ...rules.handlers(),
    PutEvents: (input: PutEventsCommandInput, { region }: CallContext) => putEvents(input, region, { clock: options.clock, rules, arrive }),
  };
  return { name: 'eventbridge', signingName: 'events', client, scope: 'regional', handlers, deadLetters, emit: (event) => arrive(event, 'default', event.region) };
}

async function reach({ network, clock }: EventBridgeOptions, from: string, to: string): Promise<void> {
  const late = clock.sleep(FORWARD_TIMEOUT_MS).then(() => { throw new AwsError('InternalException', `No answer from EventBridge in ${to}`, { status: 500 }); });
  await Promise.race([network.path(from, to), late]);
}

interface PutParts { readonly clock: Clock; readonly rules: Rules; readonly arrive: (event: BusEvent, bus: string, region: string) => void }

function putEvents({ Entries: entries = [] }: PutEventsCommandInput, region: string, { clock, rules, arrive }: PutParts) {
  if (entries.length === 0 || entries.length > ENTRIES_MAX) throw new AwsError('ValidationException', `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${ENTRIES_MAX}`);
  const bytes = entries.reduce((sum, { Source = '', DetailType = '', Detail = '' }) => sum + Buffer.byteLength(Source + DetailType + Detail), 0);
  if (bytes > REQUEST_BYTES_MAX) throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  const results = entries.map((entry): PutEventsResultEntry => {
    const problem = problemOf(entry, rules, region);
    if (problem !== undefined) return problem;
    const { EventBusName: bus = 'default', Source = '', DetailType = '', Detail = '{}', Resources, Time } = entry;
    const event = busEvent({
      source: Source, detailType: DetailType, region, atMs: Time?.getTime() ?? clock.now(), detail: JSON.parse(Detail) as object, ...(Resources === undefined ? {} : { resources: Resources }),
    });
    arrive(event, bus.slice(bus.indexOf('/') + 1), region);
    return { EventId: event.id };
  });
  return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries: results };
}

/** Why one entry is refused. The call as a whole succeeds all the same, as AWS's does. */
function problemOf({ EventBusName: bus = 'default', Source, DetailType, Detail }: PutEventsRequestEntry, rules: Rules, region: string): PutEventsResultEntry | undefined {
  const refused = (ErrorCode: string, ErrorMessage: string): PutEventsResultEntry => ({ ErrorCode, ErrorMessage });
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (value === undefined || value === '') return refused('InvalidArgument', `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
  }
  if (Source?.startsWith('aws.') === true) return refused('NotAuthorizedForSourceException', 'Not authorized for the source.');
  const elsewhere = bus.startsWith('arn:') && bus.split(':')[3] !== region;
  if (elsewhere || !rules.hasBus(bus.slice(bus.indexOf('/') + 1), region)) return refused('InvalidArgument', `Parameter EventBusName is not valid. Reason: Event bus ${bus} does not exist.`);
  try {
    const detail: unknown = JSON.parse(Detail ?? '');
    if (typeof detail === 'object' && detail !== null && !Array.isArray(detail)) return undefined;
  } catch {
    // Falls through to the same answer as JSON that is no object.
  }
  return refused('MalformedDetail', 'Detail is malformed.');
}
