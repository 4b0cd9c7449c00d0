import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeProtobuf } from '../../../../sandbox/kubernetes/protobuf/decode.ts';

const { commands } = JSON.parse(readFileSync(new URL('kubectl-create.json', import.meta.url), 'utf8')) as {
  commands: Record<string, { protobuf: string; json: { status?: object } }>;
};

/** A body of kind `Job` (batch/v1), which has no table here: type meta only. */
const JOB = Buffer.from('k8s\0\x0a\x0f\x0a\x08batch/v1\x12\x03Job', 'latin1');

describe('protobuf of Kubernetes', () => {
  it.each(Object.entries(commands))(
    'of kubectl’s own %s is what it prints as JSON',
    (_, { protobuf, json }) => {
      const { status: _status, ...wanted } = json;
      const { status: _decoded, ...decoded } = decodeProtobuf(Buffer.from(protobuf, 'base64'));
      expect(decoded).toEqual(wanted);
    },
  );

  it('is refused for kinds without a table, so that the client sends JSON', () => {
    expect(() => decodeProtobuf(JOB)).toThrow('Job in version "batch/v1" has no protobuf here: send JSON');
  });

  it.each([
    ['no magic number', Buffer.from('{"kind":"Pod"}')],
    ['half a body', Buffer.from(commands.deployments?.protobuf ?? '', 'base64').subarray(0, 60)],
  ])('that has %s is a bad request', (_, body) => {
    expect(() => decodeProtobuf(body)).toThrow(expect.objectContaining({ reason: 'BadRequest' }));
  });
});
