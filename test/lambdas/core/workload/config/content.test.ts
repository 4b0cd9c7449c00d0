import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type ConfigObject, configHash } from '../../../../../lambdas/core/workload/config/content.ts';

const object = (kind: 'ConfigMap' | 'Secret', data: Record<string, string>, uid = 'one'): ConfigObject => ({
  kind,
  metadata: { name: 'it', uid, resourceVersion: '1' },
  data,
  ...(kind === 'Secret' && { type: 'Opaque' }),
});
const hashOf = (of: ConfigObject, keys?: string[]) =>
  configHash([
    { reference: { kind: of.kind, name: 'it', optional: false, ...(keys && { keys }) }, object: of },
  ]);

describe('the name of a configuration', () => {
  test('is the same whatever the order of keys and the number of writes', () => {
    const one = object('ConfigMap', { a: '1', b: '2' });
    const other = {
      ...object('ConfigMap', { b: '2', a: '1' }, 'made again'),
      metadata: { ...one.metadata, resourceVersion: '9' },
    };
    expect(hashOf(other)).toBe(hashOf(one));
  });

  test('changes with a value, and not with a key that nobody reads', () => {
    const shared = object('ConfigMap', { mine: '1', theirs: '2' });
    const changed = object('ConfigMap', { mine: '1', theirs: '3' });
    expect(hashOf(changed)).not.toBe(hashOf(shared));
    expect(hashOf(changed, ['mine'])).toBe(hashOf(shared, ['mine']));
  });

  test('tells a binary value from the same text', () => {
    const { data, ...rest } = object('ConfigMap', { a: 'AAAA' });
    expect(hashOf({ ...rest, binaryData: data ?? {} })).not.toBe(hashOf({ ...rest, data: data ?? {} }));
  });

  test('of a Secret cannot be guessed from its values: who may not read it does not know its key', () => {
    const data = { pin: Buffer.from('1234').toString('base64') };
    expect(hashOf(object('Secret', data, 'one'))).not.toBe(hashOf(object('Secret', data, 'two')));
    const guess = createHash('sha256').update(JSON.stringify(data)).digest('hex');
    expect(hashOf(object('Secret', data))).not.toBe(guess.slice(0, 16));
  });

  test('is none where nothing is tracked', () => {
    expect(configHash([])).toBeUndefined();
  });
});
