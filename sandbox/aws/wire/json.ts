import { JsonCodec2 } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { isShape, type Shape } from './schema.ts';
import { type Failure, UnreadableBody } from './wire.ts';

const codec = (jsonName: boolean) => {
  const made = new JsonCodec2({
    timestampFormat: { useTrait: true, default: 7 },
    httpBindings: jsonName,
    jsonName,
  });
  return { reader: made.createDeserializer(), writer: made.createSerializer() };
};
const codecs = { rest: codec(true), rpc: codec(false) };

/** `rest` honours the `jsonName` trait, `rpc` does not: the only difference between their bodies. */
export type JsonKind = keyof typeof codecs;

/** Decodes a JSON body by its schema; an empty body is an empty structure. */
export async function readJson(kind: JsonKind, schema: NormalizedSchema, body: Buffer): Promise<Shape> {
  let value: unknown;
  try {
    value = await codecs[kind].reader.read(schema, body.toString('utf8'));
  } catch (cause) {
    throw new UnreadableBody(`The request body is not valid JSON: ${(cause as Error).message}`, { cause });
  }
  if (!isShape(value)) throw new UnreadableBody('The request body is not a JSON object');
  return value;
}

/** Encodes a structure as a JSON body. */
export function writeJson(kind: JsonKind, schema: NormalizedSchema, value: unknown): string | Uint8Array {
  if (!schema.isStructSchema()) return '{}';
  const { writer } = codecs[kind];
  writer.write(schema, value);
  return writer.flush() as Uint8Array;
}

/** The body of an error: both spellings of the message, as services differ and clients read either. */
export const jsonFailure = ({ name, message, members }: Failure): string =>
  JSON.stringify({ __type: name, message, Message: message, ...members });
