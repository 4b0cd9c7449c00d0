import { determineTimestampFormat } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { dateToUtcString } from '@smithy/core/serde';

/** Smithy's numbers for timestamp formats. */
export const DATE_TIME = 5;
export const HTTP_DATE = 6;
export type TimestampFormat = typeof DATE_TIME | typeof HTTP_DATE;

/** A simple value from the text of a header, label, query parameter, form field. */
export function fromText(schema: NormalizedSchema, text: string): unknown {
  if (schema.isBooleanSchema()) return text === 'true';
  if (schema.isNumericSchema()) return text === '' ? undefined : Number(text);
  if (schema.isBigIntegerSchema()) return BigInt(text);
  if (schema.isBlobSchema()) return Buffer.from(text, 'base64');
  // Both date formats, and the seconds since the epoch, which some clients send.
  if (schema.isTimestampSchema())
    return /^[\d.]+$/.test(text) ? new Date(Number(text) * 1000) : new Date(text);
  return text;
}

/** A simple value as text, timestamps in their own format or `fallback`. */
export function toText(schema: NormalizedSchema, value: unknown, fallback: TimestampFormat): string {
  if (value instanceof Date) {
    const format = determineTimestampFormat(schema, {
      timestampFormat: { useTrait: true, default: fallback },
      httpBindings: true,
    });
    if (format === HTTP_DATE) return dateToUtcString(value);
    return format === DATE_TIME ? value.toISOString().replace('.000Z', 'Z') : String(value.getTime() / 1000);
  }
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : String(value);
}
