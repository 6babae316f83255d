// What an SDK client package says of its service's wire format: protocol, operations, modelled errors. Read once from the
// package's runtime schemas and from a client made for its settings; it holds no enums, lengths or patterns, so neither does this.
import { NormalizedSchema } from '@smithy/core/schema';
import type { Service } from './service.ts';

export type Protocol = 'query' | 'ec2' | 'json' | 'rest-xml' | 'rest-json';

export interface Operation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Method, path with {labels}, status of success. REST only. */
  readonly http?: readonly [method: string, path: string, status: number];
}

export interface ModelledError {
  readonly shape: string;
  /** What the wire says: the shape's name, but for Query services with a code of their own. */
  readonly code: string;
  readonly status: number;
  readonly fault: 'client' | 'server';
  readonly schema: NormalizedSchema;
}

export interface Wire {
  readonly protocol: Protocol;
  readonly jsonVersion: '1.0' | '1.1';
  readonly namespace: string;
  readonly xmlNamespace: string;
  readonly version: string;
  /** First part of X-Amz-Target. */
  readonly target: string;
  /** A JSON service that also speaks Query, as CloudWatch does for older clients. */
  readonly speaksQueryToo: boolean;
  readonly operations: ReadonlyMap<string, Operation>;
  /** By shape name and by wire code. */
  readonly errors: ReadonlyMap<string, ModelledError>;
}

const OPERATION = 9;
const ERROR = -3;

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  'aws.protocols#awsQuery': 'query',
  'aws.protocols#ec2Query': 'ec2',
  'aws.protocols#awsJson1_0': 'json',
  'aws.protocols#awsJson1_1': 'json',
  'aws.protocols#restXml': 'rest-xml',
  'aws.protocols#restJson1': 'rest-json',
};

interface ProtocolSettings {
  readonly defaultNamespace: string;
  readonly xmlNamespace?: string;
  readonly version: string;
  readonly serviceTarget: string;
  readonly awsQueryCompatible?: boolean;
}
interface ClientForSettings {
  readonly config: { readonly protocol: { getShapeId(): string }; readonly protocolSettings: ProtocolSettings };
  destroy(): void;
}
type ClientClass = new (configuration: object) => ClientForSettings;

/** The wire format of a service; throws for a package without runtime schemas or of a protocol not known here. */
export function wireOf(service: Pick<Service, 'name' | 'client'>): Wire {
  const { shapeId, settings } = settingsOf(service);
  const protocol = PROTOCOLS[shapeId];
  if (protocol === undefined) throw new Error(`the twin cannot speak ${shapeId}, the protocol of ${service.name}`);
  const operations = new Map<string, Operation>();
  const errors = new Map<string, ModelledError>();
  for (const [name, value] of Object.entries(service.client)) {
    if (!name.endsWith('$') || !Array.isArray(value)) continue;
    if (value[0] === OPERATION) operations.set(value[2], operationOf(value));
    if (value[0] === ERROR) addError(errors, value, protocol);
  }
  if (operations.size === 0) throw new Error(`the client package of ${service.name} exports no operation schemas`);
  return {
    protocol, operations, errors,
    jsonVersion: shapeId.endsWith('1_1') ? '1.1' : '1.0',
    namespace: settings.defaultNamespace,
    xmlNamespace: settings.xmlNamespace ?? '',
    version: settings.version,
    target: settings.serviceTarget,
    speaksQueryToo: settings.awsQueryCompatible === true,
  };
}

/** The members of a structure that must be there, in order. A static schema counts its leading required members. */
export function requiredMembers(schema: NormalizedSchema): number {
  const raw: unknown = schema.getSchema();
  return Array.isArray(raw) && typeof raw[6] === 'number' ? raw[6] : 0;
}

function settingsOf({ name, client }: Pick<Service, 'name' | 'client'>): { shapeId: string; settings: ProtocolSettings } {
  const found = Object.entries(client).find(([key, value]) => key.endsWith('Client') && !key.startsWith('_') && typeof value === 'function');
  if (found === undefined) throw new Error(`the client package of ${name} exports no client class`);
  // The client is asked for its protocol and thrown away; it calls nobody.
  const instance = new (found[1] as ClientClass)({ region: 'us-east-1', credentials: { accessKeyId: 'twin', secretAccessKey: 'twin' } });
  const { protocol, protocolSettings } = instance.config;
  instance.destroy();
  return { shapeId: protocol.getShapeId(), settings: protocolSettings };
}

// A raw operation: [9, namespace, name, traits, input, output]; input and output are schemas or functions that give them.
function operationOf(raw: readonly unknown[]): Operation {
  const traits = raw[3] as { http?: [string, string, number] } | number;
  const http = typeof traits === 'object' ? traits.http : undefined;
  return { name: raw[2] as string, input: schemaOf(raw[4]), output: schemaOf(raw[5]), ...(http === undefined ? {} : { http }) };
}

// A raw error: [-3, namespace, name, traits, member names, member schemas].
function addError(errors: Map<string, ModelledError>, raw: readonly unknown[], protocol: Protocol): void {
  const traits = raw[3] as { awsQueryError?: [string, number]; httpError?: number; error?: 'client' | 'server' };
  const shape = raw[2] as string;
  const fault = traits.error ?? 'client';
  const modelled = traits.awsQueryError?.[1] ?? traits.httpError ?? (fault === 'server' ? 500 : 400);
  // The JSON protocols answer every client error with 400, whatever the trait says for other protocols.
  const status = protocol === 'json' && fault === 'client' ? 400 : modelled;
  const error: ModelledError = { shape, code: traits.awsQueryError?.[0] ?? shape, status, fault, schema: schemaOf(raw) };
  errors.set(shape, error);
  if (!errors.has(error.code)) errors.set(error.code, error);
}

const schemaOf = (raw: unknown): NormalizedSchema => NormalizedSchema.of((typeof raw === 'function' ? raw() : raw) as Parameters<typeof NormalizedSchema.of>[0]);
