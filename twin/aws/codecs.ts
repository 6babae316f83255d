// The SDK's own shape readers and writers, set up as each protocol wants them. Client and server share them, so a codec's bug
// cancels out between the two: an independent client (the aws CLI, moto) has to judge the wire.
import { JsonShapeDeserializer, JsonShapeSerializer, XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { fromBase64, fromUtf8, toBase64, toUtf8 } from '@smithy/core/serde';
import type { SerdeFunctions } from '@smithy/types';
import type { Wire } from './schema.ts';

/** Timestamp formats by their number in @smithy/types. */
const DATE_TIME = 5;
const EPOCH_SECONDS = 7;

const serdeFunctions = {
  base64Decoder: fromBase64, base64Encoder: toBase64, utf8Decoder: fromUtf8, utf8Encoder: toUtf8, disableHostPrefix: true,
} as unknown as SerdeFunctions;

const jsonSettings = (wire: Wire) => ({
  timestampFormat: { useTrait: true, default: EPOCH_SECONDS }, jsonName: wire.protocol === 'rest-json', httpBindings: wire.protocol === 'rest-json',
}) as const;

const xmlSettings = (wire: Wire) => ({
  timestampFormat: { useTrait: true, default: DATE_TIME }, httpBindings: wire.protocol === 'rest-xml',
  xmlNamespace: wire.xmlNamespace, serviceNamespace: wire.namespace,
}) as const;

export function readJsonShape(wire: Wire, schema: NormalizedSchema, value: unknown): unknown {
  const reader = new JsonShapeDeserializer(jsonSettings(wire));
  reader.setSerdeContext(serdeFunctions);
  return reader.readObject(schema, value as Parameters<typeof reader.readObject>[1]);
}

export function writeJsonShape(wire: Wire, schema: NormalizedSchema, value: unknown): string {
  const writer = new JsonShapeSerializer(jsonSettings(wire));
  writer.setSerdeContext(serdeFunctions);
  writer.write(schema, value);
  return writer.flush();
}

export function readXmlShape(wire: Wire, schema: NormalizedSchema, body: Uint8Array): unknown {
  const reader = new XmlShapeDeserializer(xmlSettings(wire));
  reader.setSerdeContext(serdeFunctions);
  return reader.read(schema, body);
}

/** The members of a structure as elements, without an element around them: every caller names that differently. */
export function writeXmlMembers(wire: Wire, schema: NormalizedSchema, value: unknown): string {
  const writer = new XmlShapeSerializer(xmlSettings(wire));
  writer.setSerdeContext(serdeFunctions);
  writer.write(schema, value);
  const element = String(writer.flush());
  return element.endsWith('/>') && !element.includes('</') && element.indexOf('<', 1) < 0 ? '' : element.slice(element.indexOf('>') + 1, element.lastIndexOf('</'));
}
