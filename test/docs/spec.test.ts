import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { formatDuration } from '../../lambdas/core/spec/duration.ts';
import { parseSpec } from '../../lambdas/core/spec/parse.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/spec.md'), 'utf8');

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** Every key that holds a value, as the page writes it. */
const leaves = (schema: Schema, path: string): string[] => {
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const inner = [
    ...choices.flatMap((choice) => leaves(choice, path)),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
      leaves(value, path === '' ? key : `${path}.${key}`),
    ),
    ...(schema.items?.properties || schema.items?.oneOf || schema.items?.anyOf
      ? leaves(schema.items, `${path}[]`)
      : []),
  ];
  const list = schema.items === undefined ? [] : [path];
  return inner.some((key) => key !== path) ? [...list, ...inner] : [path];
};

const schema = JSON.parse(readFileSync(join(root, 'docs/rollout.schema.json'), 'utf8')) as Schema;
/** A metric's own source, and the forms that a query can have, are told in one row each. */
const keysOfSchema = [
  ...new Set(
    leaves(schema, '').map((key) =>
      key.replace(/^(analysis\.(?:metrics|custom)\[\]\.(?:source|query|total|bad))[.[].*/, '$1'),
    ),
  ),
].sort();
const keysTable = page.split('## Keys')[1]?.split('\n## ')[0] ?? '';
/** `a.b`, `.c` stands for a.b and a.c. */
const rows = [...keysTable.matchAll(/^\| `([^`]+)`((?:, `\.\w+`)*) \| ([^|]+) \|/gm)].flatMap(
  ([, key = '', siblings = '', byDefault = '']) =>
    [key, ...[...siblings.matchAll(/\.\w+/g)].map(([name]) => key.replace(/\.\w+$/, name))].map(
      (each) => [each, byDefault.trim()] as const,
    ),
);

const at = (value: unknown, path: string): unknown =>
  path
    .replaceAll('[]', '.0')
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);

const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = '']) => text);
const least = parse(blocks.find((text) => text.startsWith('service:')) ?? '') as Record<string, unknown>;

describe('docs/spec.md', () => {
  test('has a row for every key of the schema, and no other', () => {
    expect(rows.map(([key]) => key).sort()).toEqual(keysOfSchema);
  });

  test('its least spec is one, and stands on every key without a default', () => {
    const parsed = parseSpec(least);
    expect(parsed).toMatchObject({ ok: true });
    const required = rows.filter(([, byDefault]) => byDefault === 'required').map(([key]) => key);
    const either = ['analysis.metrics[].max', 'service'];
    // Required of each entry of a list that may be empty.
    const ofAnEntry = /^(freeze|gates|hooks|analysis\.custom)\[\]\./;
    const missing = required.filter(
      (key) => !either.includes(key) && !ofAnEntry.test(key) && at(least, key) === undefined,
    );
    expect(missing).toEqual([]);
  });

  test('says the defaults that parsing gives', () => {
    const parsed = parseSpec(least);
    const value = parsed.ok ? parsed.value : undefined;
    const listed = parseSpec({
      ...least,
      freeze: [{ from: '2026-12-20', until: '2027-01-02' }],
      gates: [{ before: 'rollout' }],
      hooks: [{ name: 'check', url: 'https://tests.example.com' }],
    });
    const items = listed.ok ? listed.value : undefined;
    const checked = rows.filter(([key, says]) => says.startsWith('`') && at(least, key) === undefined);
    const wrong = checked.filter(([key, says]) => {
      const found = at(key.includes('[]') ? items : value, key);
      const written = says.replaceAll('`', '');
      const asSeconds = typeof found === 'number' ? [formatDuration(found), `${found}s`] : [];
      return ![JSON.stringify(found), String(found), ...asSeconds].includes(written);
    });
    // Percentile stands in another kind of metric than the least spec has.
    expect(wrong.map(([key]) => key)).toEqual(['analysis.metrics[].percentile']);
    expect(checked.length).toBeGreaterThan(10);
  });

  test('the spec that README shows is one', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const shown = /^```yaml\n(service:[\s\S]*?)^```/m.exec(readme)?.[1] ?? '';
    expect(parseSpec(parse(shown))).toMatchObject({ ok: true });
  });
});
