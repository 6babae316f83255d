// Rules and their targets, per region and bus: stored, described, switched. Schedules are refused: the twin runs its agents itself.
import type { PutRuleCommandInput, PutTargetsCommandInput, Target } from '@aws-sdk/client-eventbridge';
import { ACCOUNT_ID, AwsError, type CallContext, type Handler } from '../../service.ts';
import { parsePattern, type Pattern } from './pattern.ts';

export interface Rule {
  readonly name: string;
  readonly bus: string;
  readonly region: string;
  readonly arn: string;
  pattern: Pattern;
  patternText: string;
  description: string | undefined;
  enabled: boolean;
  readonly targets: Map<string, Target>;
}

/** AWS's quota. */
const TARGETS_MAX = 5;

export class Rules {
  readonly #rules: Rule[] = [];
  readonly #buses: readonly { readonly region: string; readonly name: string }[];

  /** `buses`: besides `default`, which every region has. */
  constructor(buses: readonly { readonly region: string; readonly name: string }[]) {
    this.#buses = buses;
  }

  /** The enabled rules of a bus. */
  enabled(bus: string, region: string): readonly Rule[] {
    return this.#rules.filter((rule) => rule.bus === bus && rule.region === region && rule.enabled);
  }

  hasBus(bus: string, region: string): boolean {
    return bus === 'default' || this.#buses.some((known) => known.name === bus && known.region === region);
  }

  handlers(): Record<string, Handler> {
    return {
      PutRule: (input: PutRuleCommandInput, { region }: CallContext) => ({ RuleArn: this.#put(input, region).arn }),
      PutTargets: (input: PutTargetsCommandInput, { region }: CallContext) => this.#putTargets(input, region),
      DescribeRule: (input: { Name: string; EventBusName?: string }, { region }) => describe(this.#existing(input.Name, input.EventBusName, region)),
      ListRules: (input: { NamePrefix?: string; EventBusName?: string }, { region }) => {
        const bus = this.#bus(input.EventBusName, region);
        return { Rules: this.#rules.filter((rule) => rule.region === region && rule.bus === bus && rule.name.startsWith(input.NamePrefix ?? '')).map(describe) };
      },
      ListTargetsByRule: (input: { Rule: string; EventBusName?: string }, { region }) => ({ Targets: [...this.#existing(input.Rule, input.EventBusName, region).targets.values()] }),
      EnableRule: (input: { Name: string; EventBusName?: string }, { region }) => { this.#existing(input.Name, input.EventBusName, region).enabled = true; },
      DisableRule: (input: { Name: string; EventBusName?: string }, { region }) => { this.#existing(input.Name, input.EventBusName, region).enabled = false; },
      DescribeEventBus: (input: { Name?: string }, { region }) => {
        const bus = this.#bus(input.Name, region);
        return { Name: bus, Arn: `arn:aws:events:${region}:${ACCOUNT_ID}:event-bus/${bus}` };
      },
    };
  }

  #put({ Name: name = '', EventBusName, EventPattern: text, ScheduleExpression, State, Description }: PutRuleCommandInput, region: string): Rule {
    const bus = this.#bus(EventBusName, region);
    if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) throw new AwsError('ValidationException', `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`);
    if (ScheduleExpression !== undefined) throw new AwsError('NotImplemented', 'The twin has no scheduled rules', { status: 501 });
    if (text === undefined) throw new AwsError('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
    const given = { pattern: parsePattern(text), patternText: text, description: Description, enabled: State !== 'DISABLED' };
    const known = this.#rules.find((rule) => rule.name === name && rule.bus === bus && rule.region === region);
    if (known !== undefined) return Object.assign(known, given);
    const arn = `arn:aws:events:${region}:${ACCOUNT_ID}:rule/${bus === 'default' ? '' : `${bus}/`}${name}`;
    const rule: Rule = { name, bus, region, arn, targets: new Map(), ...given };
    this.#rules.push(rule);
    return rule;
  }

  #putTargets({ Rule: name = '', EventBusName, Targets: targets = [] }: PutTargetsCommandInput, region: string) {
    const rule = this.#existing(name, EventBusName, region);
    const ids = new Set([...rule.targets.keys(), ...targets.map(({ Id }) => Id ?? '')]);
    if (ids.size > TARGETS_MAX) throw new AwsError('LimitExceededException', `The requested resource exceeds the maximum number allowed: ${TARGETS_MAX} targets per rule.`);
    targets.forEach(checkTarget);
    for (const target of targets) rule.targets.set(target.Id ?? '', target);
    return { FailedEntryCount: 0, FailedEntries: [] };
  }

  #existing(name: string, busName: string | undefined, region: string): Rule {
    const bus = this.#bus(busName, region);
    const rule = this.#rules.find((known) => known.name === name && known.bus === bus && known.region === region);
    if (rule === undefined) throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus}.`);
    return rule;
  }

  /** The bus's name, of its name or ARN. */
  #bus(nameOrArn: string | undefined, region: string): string {
    const name = nameOrArn?.startsWith('arn:') === true ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : (nameOrArn ?? 'default');
    const elsewhere = nameOrArn?.startsWith('arn:') === true && nameOrArn.split(':')[3] !== region;
    if (elsewhere || !this.hasBus(name, region)) throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
    return name;
  }
}

function checkTarget({ Id, Arn = '', Input, InputPath, InputTransformer }: Target): void {
  if (!/^arn:aws:(states:[a-z0-9-]+:\d{12}:stateMachine:|lambda:[a-z0-9-]+:\d{12}:function:|events:[a-z0-9-]+:\d{12}:event-bus\/|sns:[a-z0-9-]+:\d{12}:)/.test(Arn)) {
    throw new AwsError('ValidationException', `Parameter ${Arn} is not valid. Reason: Provided Arn is not in correct format, or the twin has no such target.`);
  }
  if ([Input, InputPath, InputTransformer].filter((given) => given !== undefined).length > 1) {
    throw new AwsError('ValidationException', `Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`);
  }
  if (Input === undefined) return;
  try {
    JSON.parse(Input);
  } catch {
    throw new AwsError('ValidationException', `Parameter Input is not valid JSON for target ${Id}.`);
  }
}

const describe = (rule: Rule) => ({
  Name: rule.name, Arn: rule.arn, EventPattern: rule.patternText, State: rule.enabled ? 'ENABLED' : 'DISABLED', Description: rule.description, EventBusName: rule.bus,
});
