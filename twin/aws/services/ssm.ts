// Parameter Store: parameters per region with versions, single, by name and by path. No labels, policies, advanced tier or history;
// a SecureString is kept plain and only shown plain with WithDecryption.
import * as client from '@aws-sdk/client-ssm';
import type {
  DeleteParameterCommandInput, DeleteParametersCommandInput, GetParameterCommandInput, GetParametersByPathCommandInput, GetParametersCommandInput,
  Parameter, PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { ACCOUNT_ID, AwsError, type CallContext, type Clock, type Service } from '../service.ts';

export interface SsmOptions {
  readonly clock: Clock;
  readonly parameters?: readonly { readonly region: string; readonly name: string; readonly value: string }[];
}

interface Version { readonly value: string; readonly at: number; readonly type: 'String' | 'StringList' | 'SecureString' }
type Versions = Version[];

const NAME = /^\/?[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/;
/** Characters of a standard parameter. */
const VALUE_MAX = 4096;
const PATH_PAGE_MAX = 10;

export function ssmService({ clock, parameters = [] }: SsmOptions): Service {
  const store = new ParameterStore(clock);
  for (const { region, name, value } of parameters) store.put({ Name: name, Value: value, Type: 'String' }, region);
  const handlers = {
    GetParameter: (input: GetParameterCommandInput, { region }: CallContext) => ({ Parameter: store.get(input.Name ?? '', region, input.WithDecryption === true) }),
    GetParameters: (input: GetParametersCommandInput, { region }: CallContext) => store.getMany(input, region),
    GetParametersByPath: (input: GetParametersByPathCommandInput, { region }: CallContext) => store.byPath(input, region),
    PutParameter: (input: PutParameterCommandInput, { region }: CallContext) => ({ Version: store.put(input, region), Tier: 'Standard' }),
    DeleteParameter: (input: DeleteParameterCommandInput, { region }: CallContext) => {
      if (!store.delete(input.Name ?? '', region)) throw notFound(input.Name);
      return {};
    },
    DeleteParameters: ({ Names = [] }: DeleteParametersCommandInput, { region }: CallContext) => {
      const deleted = Names.filter((name) => store.delete(name, region));
      return { DeletedParameters: deleted, InvalidParameters: Names.filter((name) => !deleted.includes(name)) };
    },
  };
  return { name: 'ssm', signingName: 'ssm', client, scope: 'regional', handlers };
}

class ParameterStore {
  readonly #regions = new Map<string, Map<string, Versions>>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put({ Name: name = '', Value: value = '', Type: type, Overwrite: overwrite }: PutParameterCommandInput, region: string): number {
    if (!NAME.test(name) || /^\/?(aws|ssm)/i.test(name)) throw new AwsError('ValidationException', `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive), and must use a-zA-Z0-9_.-/: ${name}`);
    if (value.length === 0 || value.length > VALUE_MAX) throw new AwsError('ValidationException', `Standard tier parameters support a maximum parameter value of ${VALUE_MAX} characters and at least 1.`);
    const versions = this.#of(region).get(name) ?? [];
    const last = versions.at(-1);
    if (last !== undefined && overwrite !== true) throw new AwsError('ParameterAlreadyExists', 'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.');
    if (last === undefined && type === undefined) throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
    versions.push({ value, at: this.#clock.now(), type: type ?? last?.type ?? 'String' });
    this.#of(region).set(name, versions);
    return versions.length;
  }

  /** By name, ARN, or name:version. */
  get(wanted: string, region: string, decrypted: boolean): Parameter {
    const name = wanted.startsWith('arn:') ? wanted.split(':parameter')[1] ?? '' : wanted;
    const [plain = '', selector] = name.split(':');
    const versions = this.#of(region).get(plain) ?? this.#of(region).get(plain.replace(/^\//, ''));
    if (versions === undefined) throw notFound(wanted);
    const version = selector === undefined ? versions.length : Number(selector);
    const found = versions[version - 1];
    if (found === undefined) throw new AwsError('ParameterVersionNotFound', `Systems Manager could not find version ${selector} of ${plain}.`);
    const hidden = found.type === 'SecureString' && !decrypted;
    return {
      Name: plain, Type: found.type, Version: version, DataType: 'text', LastModifiedDate: new Date(found.at),
      Value: hidden ? Buffer.from(`encrypted:${plain}`).toString('base64') : found.value,
      ARN: `arn:aws:ssm:${region}:${ACCOUNT_ID}:parameter${plain.startsWith('/') ? '' : '/'}${plain}`,
    };
  }

  getMany({ Names = [], WithDecryption }: GetParametersCommandInput, region: string) {
    if (Names.length > 10) throw new AwsError('ValidationException', "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to 10");
    const found: Parameter[] = [];
    const invalid: string[] = [];
    for (const name of Names) {
      try {
        found.push(this.get(name, region, WithDecryption === true));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        invalid.push(name);
      }
    }
    return { Parameters: found, InvalidParameters: invalid };
  }

  byPath({ Path: path = '', Recursive, WithDecryption, MaxResults = PATH_PAGE_MAX, NextToken }: GetParametersByPathCommandInput, region: string) {
    if (!path.startsWith('/')) throw new AwsError('ValidationException', 'The parameter path must begin with a slash "/".');
    const prefix = path.endsWith('/') ? path : `${path}/`;
    const names = [...this.#of(region).keys()].filter((name) => name.startsWith(prefix) && (Recursive === true || !name.slice(prefix.length).includes('/'))).sort();
    const from = NextToken === undefined ? 0 : names.indexOf(Buffer.from(NextToken, 'base64').toString());
    if (from < 0) throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
    const next = names[from + MaxResults];
    return {
      Parameters: names.slice(from, from + MaxResults).map((name) => this.get(name, region, WithDecryption === true)),
      ...(next === undefined ? {} : { NextToken: Buffer.from(next).toString('base64') }),
    };
  }

  delete(name: string, region: string): boolean {
    return this.#of(region).delete(name);
  }

  #of(region: string): Map<string, Versions> {
    const found = this.#regions.get(region) ?? new Map<string, Versions>();
    this.#regions.set(region, found);
    return found;
  }
}

const notFound = (name: string | undefined): AwsError => new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
