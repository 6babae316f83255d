// Every property of every resource against AWS's own schema of resource types (@aws-cdk/aws-service-spec): unknown and missing
// properties, primitive types, and references that lead nowhere. Values are not judged; cfn-lint does that.
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Finding, Judge, Room, Template } from './judge.ts';

type Database = ReturnType<typeof loadAwsServiceSpecSync>;
type Resource = ReturnType<Database['lookup']>[number] & { readonly properties: Properties; readonly attributes: Readonly<Record<string, unknown>> };
type Properties = Readonly<Record<string, { readonly type: Shape; readonly required?: boolean }>>;
type Shape =
  | { readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'json' | 'date-time' | 'null' | 'tag' }
  | { readonly type: 'array' | 'map'; readonly element: Shape }
  | { readonly type: 'ref'; readonly reference: { readonly $ref: string } }
  | { readonly type: 'union'; readonly types: readonly Shape[] };

export const properties: Judge = {
  name: 'resource schemas', needsPython: false,
  judge({ templates }: Room) {
    const database = loadAwsServiceSpecSync();
    const findings = templates.flatMap((template) => propertyFindings(template, database));
    const count = templates.reduce((sum, { body }) => sum + Object.keys(body.Resources).length, 0);
    return Promise.resolve({ findings, detail: `${count} resources` });
  },
};

/** All findings of one template. */
export function propertyFindings({ region, body }: Pick<Template, 'region' | 'body'>, database: Database = loadAwsServiceSpecSync()): readonly Finding[] {
  const found: Finding[] = [];
  const note = (rule: string, where: string, what: string): void => { found.push({ rule, where: `${region}: ${where}`, what }); };
  const resourceOf = (type: string) => database.lookup('resource', 'cloudFormationType', 'equals', type)[0] as unknown as Resource | undefined;
  const attributesOf = (id: string): readonly string[] | undefined => {
    const type = body.Resources[id]?.Type;
    return type === undefined ? undefined : Object.keys(resourceOf(type)?.attributes ?? {});
  };
  for (const [id, { Type, Properties = {}, DependsOn = [] }] of Object.entries(body.Resources)) {
    const schema = resourceOf(Type);
    if (schema === undefined) { note('type', id, `there is no ${Type}`); continue; }
    checkObject(Properties, schema.properties, id, { database, note });
    for (const other of [DependsOn].flat()) if (body.Resources[other] === undefined) note('reference', id, `DependsOn ${other} leads nowhere`);
    checkReferences(Properties, id, body, attributesOf, note);
  }
  return found;
}

interface Check { readonly database: Database; readonly note: (rule: string, where: string, what: string) => void }
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
/** `{ Ref }`, `{ 'Fn::...' }`: its value is known at deployment only. */
const isFunction = (value: unknown): boolean => isRecord(value) && Object.keys(value).length === 1 && /^(Ref$|Fn::|Condition$)/.test(Object.keys(value)[0] ?? '');

function checkObject(value: Readonly<Record<string, unknown>>, known: Properties, where: string, check: Check): void {
  for (const [name, part] of Object.entries(value)) {
    const property = known[name];
    if (property === undefined) check.note('property', `${where}.${name}`, 'the resource type has no such property');
    else checkValue(part, property.type, `${where}.${name}`, check);
  }
  for (const [name, { required }] of Object.entries(known)) {
    if (required === true && !(name in value)) check.note('required', `${where}.${name}`, 'is required and missing');
  }
}

function checkValue(value: unknown, shape: Shape, where: string, check: Check): void {
  if (isFunction(value)) return;
  const wrong = (): void => check.note('value', where, `must be ${shape.type}, is ${JSON.stringify(value).slice(0, 60)}`);
  switch (shape.type) {
    case 'string': if (typeof value === 'object') wrong(); break;
    case 'integer': case 'number': if (value === '' || typeof value === 'object' || Number.isNaN(Number(value))) wrong(); break;
    case 'boolean': if (!['true', 'false', true, false].includes(value as string | boolean)) wrong(); break;
    case 'array': if (Array.isArray(value)) value.forEach((part, index) => { checkValue(part, shape.element, `${where}[${index}]`, check); }); else wrong(); break;
    case 'map': if (isRecord(value)) for (const [name, part] of Object.entries(value)) checkValue(part, shape.element, `${where}.${name}`, check); else wrong(); break;
    case 'ref': if (isRecord(value)) checkObject(value, definition(check.database, shape.reference.$ref), where, check); else wrong(); break;
    case 'union': if (!shape.types.some((one) => fits(value, one, check.database))) wrong(); break;
    default: break;
  }
}

const definition = (database: Database, id: string): Properties => (database.get('typeDefinition', id) as unknown as { readonly properties: Properties }).properties;

function fits(value: unknown, shape: Shape, database: Database): boolean {
  let notes = 0;
  checkValue(value, shape, '', { database, note: () => { notes += 1; } });
  return notes === 0;
}

function checkReferences(value: unknown, where: string, body: Template['body'], attributesOf: (id: string) => readonly string[] | undefined, note: Check['note']): void {
  if (Array.isArray(value)) value.forEach((part, index) => { checkReferences(part, `${where}[${index}]`, body, attributesOf, note); });
  if (!isRecord(value)) return;
  const known = (name: string): boolean => name.startsWith('AWS::') || name in body.Resources || name in (body.Parameters ?? {});
  if (typeof value['Ref'] === 'string' && !known(value['Ref'])) note('reference', where, `Ref ${value['Ref']} leads nowhere`);
  const [target, attribute] = [value['Fn::GetAtt']].flat().flatMap((part) => (typeof part === 'string' ? part : [])) as [string?, string?];
  if (target !== undefined && !(attributesOf(target)?.includes(attribute ?? '') ?? false)) note('reference', where, `GetAtt ${target}.${attribute ?? ''} leads nowhere`);
  if (typeof value['Fn::Sub'] === 'string') {
    for (const [, name = ''] of value['Fn::Sub'].matchAll(/\$\{([^!}][^}]*)\}/g)) if (!known(name.split('.')[0] ?? '')) note('reference', where, `Sub \${${name}} leads nowhere`);
  }
  for (const [name, part] of Object.entries(value)) checkReferences(part, `${where}.${name}`, body, attributesOf, note);
}
