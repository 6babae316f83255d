// A DynamoDB table over the wire, small but true in what the stores rely on: conditions are parsed and evaluated, a failed one answers
// with the old item, reads that are not strongly consistent are refused, and queries come in pages of two.
import { Wire, json, type Call, type Reply } from './wire.ts';

type Value = Readonly<Record<string, unknown>>;
type Item = Record<string, Value>;
interface Body {
  readonly Key?: Item; readonly Item?: Item; readonly ConsistentRead?: boolean; readonly ConditionExpression?: string; readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>; readonly ExpressionAttributeValues?: Readonly<Record<string, Value>>;
  readonly ReturnValuesOnConditionCheckFailure?: string; readonly ExclusiveStartKey?: Item;
}

export class DynamoDbStub {
  readonly wire = new Wire();
  readonly items = new Map<string, Item>();
  /** Answers to give instead of the true ones, first to last: faults. A function may act first and then lose the answer. */
  readonly faults: ((act: () => Reply) => Reply | undefined)[] = [];
  pageSize = 2;

  async start(): Promise<this> {
    await this.wire.start((call) => {
      const fault = this.faults.shift();
      const act = (): Reply => this.#answer(call);
      return fault === undefined ? act() : fault(act);
    });
    return this;
  }

  #answer(call: Call): Reply {
    const operation = String(call.headers['x-amz-target']).split('.')[1];
    const body = JSON.parse(call.body) as Body;
    switch (operation) {
      case 'GetItem': return consistent(body) ?? json({ Item: this.items.get(keyOf(body.Key)) });
      case 'Query': return consistent(body) ?? this.#query(body);
      case 'PutItem': return this.#write(body, body.Item ?? {}, () => body.Item ?? {});
      case 'DeleteItem': return this.#write(body, body.Key ?? {}, () => undefined);
      case 'UpdateItem': return this.#write(body, body.Key ?? {}, (old) => updated({ ...body.Key, ...old }, body));
      default: return json({ __type: 'UnknownOperationException', message: String(operation) }, 400);
    }
  }

  #write(body: Body, key: Item, next: (old: Item | undefined) => Item | undefined): Reply {
    const old = this.items.get(keyOf(key));
    if (body.ConditionExpression !== undefined && !holds(body.ConditionExpression, old ?? {}, body)) {
      const shown = body.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && old !== undefined ? { Item: old } : {};
      return json({ __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: 'The conditional request failed', ...shown }, 400);
    }
    const left = next(old);
    if (left === undefined) this.items.delete(keyOf(key));
    else this.items.set(keyOf(key), left);
    return json({});
  }

  #query(body: Body): Reply {
    const [pk, prefix] = [text(body.ExpressionAttributeValues?.[':pk']), text(body.ExpressionAttributeValues?.[':prefix'])];
    const all = [...this.items.values()].filter((item) => text(item.pk) === pk && text(item.sk).startsWith(prefix)).sort((one, other) => (text(one.sk) < text(other.sk) ? -1 : 1));
    const rest = body.ExclusiveStartKey === undefined ? all : all.filter((item) => text(item.sk) > text(body.ExclusiveStartKey?.sk));
    const page = rest.slice(0, this.pageSize);
    const last = page.at(-1);
    return json({ Items: page, ...(rest.length > page.length && last !== undefined ? { LastEvaluatedKey: { pk: last.pk, sk: last.sk } } : {}) });
  }
}

const text = (value: Value | undefined): string => String(value?.S ?? '');
const keyOf = (key: Item | undefined): string => `${text(key?.pk)} ${text(key?.sk)}`;
/** The switch may be glanced at: a health checker decides nothing (adapters/table.ts). */
const isGlance = ({ Key }: Body): boolean => JSON.stringify(Key?.['sk']) === JSON.stringify({ S: 'switch' });
const consistent = (body: Body): Reply | undefined => (body.ConsistentRead === true || isGlance(body) ? undefined : json({ __type: 'ValidationException', message: 'the stub wants ConsistentRead' }, 400));

/** Recursive descent over: or -> and -> ( ... ) | attribute_exists(x) | attribute_not_exists(x) | x op :v. */
function holds(expression: string, item: Item, body: Body): boolean {
  const tokens = expression.match(/[#:]?\w+|<>|<=|<|=|[()]/g) ?? [];
  const valueOf = (token: string): Value | undefined => (token.startsWith(':') ? body.ExpressionAttributeValues?.[token] : item[nameOf(token, body)]);
  const take = (): string => { const token = tokens.shift(); if (token === undefined) throw new Error(`unfinished: ${expression}`); return token; };
  const either = (): boolean => { let left = both(); while (tokens[0] === 'OR') { take(); const right = both(); left = left || right; } return left; };
  const both = (): boolean => { let left = one(); while (tokens[0] === 'AND') { take(); const right = one(); left = left && right; } return left; };
  const one = (): boolean => {
    const token = take();
    if (token === '(') { const inner = either(); take(); return inner; }
    if (token.startsWith('attribute_')) {
      take(); const there = valueOf(take()) !== undefined; take();
      return token === 'attribute_exists' ? there : !there;
    }
    const [left, operator, right] = [valueOf(token), take(), valueOf(take())];
    if (left === undefined || right === undefined) return false;
    if (operator === '<>') return JSON.stringify(left) !== JSON.stringify(right);
    if (operator === '=') return JSON.stringify(left) === JSON.stringify(right);
    return operator === '<' ? Number(left.N) < Number(right.N) : Number(left.N) <= Number(right.N);
  };
  return either();
}

function nameOf(token: string, body: Body): string {
  if (!token.startsWith('#')) return token;
  const name = body.ExpressionAttributeNames?.[token];
  if (name === undefined) throw new Error(`no name for ${token}`);
  return name;
}

function updated(item: Item, body: Body): Item {
  const next = { ...item };
  for (const part of (body.UpdateExpression ?? '').replace(/^SET /, '').split(/,\s*(?=#)(?![^(]*\))/)) {
    const [target = '', source = ''] = part.split(/\s=\s/);
    const kept = /if_not_exists\((#\w+), (:\w+)\)/.exec(source);
    const value = kept === null ? body.ExpressionAttributeValues?.[source.trim()] : item[nameOf(kept[1] ?? '', body)] ?? body.ExpressionAttributeValues?.[kept[2] ?? ''];
    if (value === undefined) throw new Error(`no value for ${part}`);
    next[nameOf(target.trim(), body)] = value;
  }
  return next;
}
