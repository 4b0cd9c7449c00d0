import type { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { membersOf, requiredOf, traitsOf } from '../../../../sandbox/aws/wire/schema.ts';

/** Deep enough for every structure that matters, shallow enough for recursive ones to end. */
const DEEPEST = 4;

const plainText = fc.string({
  minLength: 1,
  maxLength: 8,
  unit: fc.constantFrom(...'abcXYZ019-_. &<>"/+%é€😀'),
});
/** Labels, headers and keys: no edge white space, which HTTP drops. */
const safeText = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...'abcXYZ019-_.') });

const simple = (schema: NormalizedSchema, narrow: boolean): fc.Arbitrary<unknown> => {
  if (schema.isBooleanSchema()) return fc.boolean();
  if (schema.isNumericSchema()) return fc.integer({ min: -1000, max: 1000 });
  if (schema.isTimestampSchema())
    return fc.integer({ min: 0, max: 4e9 }).map((seconds) => new Date(seconds * 1000));
  if (schema.isBlobSchema()) return fc.uint8Array({ minLength: 1, maxLength: 6 });
  if (schema.isDocumentSchema()) return fc.constant({ any: ['document', 1, true] });
  return narrow ? safeText : plainText;
};

function struct(schema: NormalizedSchema, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const required = new Set(requiredOf(schema));
  // Endpoint ids ask the client for SigV4a, which needs a native library.
  const members = membersOf(schema).filter(
    ([name, member]) => !member.isStreaming() && name !== 'EndpointId',
  );
  const arbitrary = (member: NormalizedSchema) => arbitraryOf(member, depth - 1);
  if (schema.isUnionSchema())
    return fc.oneof(
      ...members.map(([name, member]) => arbitrary(member).map((value) => ({ [name]: value }))),
    );
  // Query can't carry a structure without members.
  const simple = members.find(([, member]) => !member.isStructSchema());
  if (depth < DEEPEST && required.size === 0 && simple !== undefined) required.add(simple[0]);
  const wanted = members.filter(
    ([name, member]) => required.has(name) || traitsOf(member).httpLabel || depth > 0,
  );
  const always = wanted.filter(([name, member]) => {
    const { httpLabel, httpResponseCode } = traitsOf(member);
    return required.has(name) || httpLabel || httpResponseCode;
  });
  return fc.record(Object.fromEntries(wanted.map(([name, member]) => [name, arbitrary(member)])), {
    requiredKeys: always.map(([name]) => name),
  });
}

/**
 * Random values of a schema, as an SDK client takes and gives them. Lists and maps are never empty: Query and headers
 * can't say an empty one.
 */
export function arbitraryOf(schema: NormalizedSchema, depth = DEEPEST): fc.Arbitrary<unknown> {
  if (schema.isStructSchema()) return struct(schema, depth);
  const traits = traitsOf(schema);
  if (traits.httpResponseCode) return fc.constantFrom(200, 202);
  const narrow = Boolean(traits.httpLabel || traits.httpQuery || traits.httpHeader || traits.httpQueryParams);
  if (schema.isListSchema())
    return fc.array(arbitraryOf(schema.getValueSchema(), depth - 1), { minLength: 1, maxLength: 2 });
  if (schema.isMapSchema())
    return fc
      .uniqueArray(fc.tuple(safeText, arbitraryOf(schema.getValueSchema(), depth - 1)), {
        minLength: 1,
        maxLength: 2,
        selector: ([key]) => key,
      })
      .map((entries) => Object.fromEntries(entries));
  return simple(schema, narrow || traits.httpPrefixHeaders !== undefined);
}
