import { readFileSync } from 'node:fs';
import type { JsonObject } from '../objects.ts';
import { badRequest, StatusError } from '../status.ts';

/**
 * Fields by number: name in JSON (empty: the message's own fields belong to the one around it), type, and 1 where a zero
 * is written in JSON too. Types: `string`, `int`, `bool`, `double`, `bytes`, one of Kubernetes' own with a form of its
 * own in JSON (`Time`), or a message's name; `[]` for a list, `{}` for a map by strings.
 */
export type Messages = Readonly<
  Record<string, Readonly<Record<string, readonly [name: string, type: string, keepsZero?: 1]>>>
>;

/** What Kubernetes' protobuf begins with: then comes a message `runtime.Unknown`. */
const MAGIC = Buffer.from('k8s\0');

let known: Messages | undefined;
const messages = (): Messages => {
  known ??= (
    JSON.parse(readFileSync(new URL('messages.json', import.meta.url), 'utf8')) as { messages: Messages }
  ).messages;
  return known;
};

/** A field as it stands on the wire: a number, or bytes. */
interface Field {
  readonly number: number;
  readonly value: bigint | Buffer;
}

const varint = (bytes: Buffer, at: number): readonly [value: bigint, next: number] => {
  let value = 0n;
  for (let index = at, shift = 0n; index < bytes.length; index++, shift += 7n) {
    const byte = bytes[index] ?? 0;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return [value, index + 1];
  }
  throw badRequest('the protobuf of the body ends too early');
};

/** Takes a message apart (protobuf encoding, "Message structure"); fixed widths are kept as bytes. */
const fieldsOf = (bytes: Buffer): readonly Field[] => {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [key, afterKey] = varint(bytes, at);
    const [number, wireType] = [Number(key >> 3n), Number(key & 7n)];
    if (wireType === 0) {
      const [value, next] = varint(bytes, afterKey);
      fields.push({ number, value });
      at = next;
      continue;
    }
    const [length, start] =
      wireType === 2 ? varint(bytes, afterKey) : [{ 1: 8n, 5: 4n }[wireType] ?? -1n, afterKey];
    const end = start + Number(length);
    if (length < 0n || end > bytes.length) throw badRequest('the protobuf of the body cannot be read');
    fields.push({ number, value: bytes.subarray(start, end) });
    at = end;
  }
  return fields;
};

const bytesOf = (value: Field['value'] | undefined) => (Buffer.isBuffer(value) ? value : Buffer.alloc(0));
const find = (bytes: Buffer, number: number) => fieldsOf(bytes).find((it) => it.number === number)?.value;
const intOf = (value: Field['value'] | undefined) =>
  Number(BigInt.asIntN(64, typeof value === 'bigint' ? value : 0n));
const stringIn = (bytes: Buffer, number: number) => bytesOf(find(bytes, number)).toString();

const timeIn = (bytes: Buffer, digits: 0 | 6): string | null => {
  if (bytes.length === 0) return null;
  const [seconds, nanos] = [intOf(find(bytes, 1)), intOf(find(bytes, 2))];
  const second = new Date(seconds * 1_000).toISOString().slice(0, 19);
  return digits === 0 ? `${second}Z` : `${second}.${String(nanos).padStart(9, '0').slice(0, 6)}Z`;
};

/** Kubernetes' own types: what stands in JSON for the bytes of each. */
const SPECIAL: Readonly<Record<string, (bytes: Buffer) => unknown>> = {
  Quantity: (bytes) => stringIn(bytes, 1),
  Time: (bytes) => timeIn(bytes, 0),
  MicroTime: (bytes) => timeIn(bytes, 6),
  Duration: (bytes) => `${intOf(find(bytes, 1)) / 1e9}s`,
  IntOrString: (bytes) => (intOf(find(bytes, 1)) === 0 ? intOf(find(bytes, 2)) : stringIn(bytes, 3)),
  RawExtension: (bytes) => JSON.parse(stringIn(bytes, 1)) as unknown,
  FieldsV1: (bytes) => JSON.parse(stringIn(bytes, 1)) as unknown,
};

const jsonOf = (type: string, value: Field['value']): unknown => {
  if (type === 'string') return bytesOf(value).toString();
  if (type === 'int') return intOf(value);
  if (type === 'bool') return value !== 0n;
  if (type === 'double') return bytesOf(value).readDoubleLE();
  if (type === 'bytes') return bytesOf(value).toString('base64');
  return SPECIAL[type]?.(bytesOf(value)) ?? messageOf(type, bytesOf(value));
};

const isZero = (value: unknown) => value === '' || value === 0 || value === false || value === null;

const isEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

const messageOf = (name: string, bytes: Buffer): JsonObject => {
  const object: JsonObject = {};
  for (const { number, value } of fieldsOf(bytes)) {
    const [member, type, keepsZero] = messages()[name]?.[number] ?? [];
    if (member === undefined || type === undefined) continue;
    if (type.startsWith('[]')) {
      object[member] = [...((object[member] as unknown[] | undefined) ?? []), jsonOf(type.slice(2), value)];
    } else if (type.startsWith('{}')) {
      const entry = bytesOf(value);
      const item = jsonOf(type.slice(2), find(entry, 2) ?? Buffer.alloc(0));
      object[member] = { ...(object[member] as JsonObject | undefined), [stringIn(entry, 1)]: item };
    } else {
      const decoded = jsonOf(type, value);
      if (member === '') Object.assign(object, decoded);
      else if (keepsZero === 1 || !(isZero(decoded) || isEmpty(decoded))) object[member] = decoded;
    }
  }
  return object;
};

/**
 * A body in Kubernetes' protobuf as the JSON object that it stands for. Zeros that JSON leaves out are left out.
 * @throws StatusError UnsupportedMediaType for a kind that has no protobuf here, BadRequest for what can't be read
 */
export const decodeProtobuf = (body: Buffer): JsonObject => {
  if (!body.subarray(0, 4).equals(MAGIC)) throw badRequest('the body is not Kubernetes protobuf');
  const envelope = body.subarray(4);
  const type = bytesOf(find(envelope, 1));
  const [apiVersion, kind] = [stringIn(type, 1), stringIn(type, 2)];
  const name = `${apiVersion.includes('/') || apiVersion === '' ? apiVersion : `core/${apiVersion}`}.${kind}`;
  const message = kind === 'DeleteOptions' ? 'meta/v1.DeleteOptions' : name;
  if (messages()[message] === undefined) {
    throw new StatusError(
      'UnsupportedMediaType',
      `${kind} in version "${apiVersion}" has no protobuf here: send JSON`,
    );
  }
  return { kind, apiVersion, ...messageOf(message, bytesOf(find(envelope, 2))) };
};
