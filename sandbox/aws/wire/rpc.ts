import { CborCodec } from '@smithy/core/cbor';
import { jsonFailure, readJson, writeJson } from './json.ts';
import { isShape } from './schema.ts';
import { type Failure, type Request, UnreadableBody, type Wire } from './wire.ts';

/** CloudWatch's clients in Query mode look for the old error code in this header. */
const queryError = ({ code, fault }: Failure, { headers }: Request): Record<string, string> =>
  headers['x-amzn-query-mode'] === 'true'
    ? { 'x-amzn-query-error': `${code};${fault === 'client' ? 'Sender' : 'Receiver'}` }
    : {};

/** awsJson1_0 and awsJson1_1: `X-Amz-Target: Service.Operation`, JSON both ways. */
export function awsJson(version: string): Wire {
  const headers = { 'content-type': `application/x-amz-json-${version}` };
  return {
    name: (_model, { headers: { 'x-amz-target': target = '' } }) => ({
      operation: target.slice(target.lastIndexOf('.') + 1),
      labels: {},
    }),
    decode: ({ input }, { body }) => readJson('rpc', input, body),
    encode: ({ output }, value) => ({ status: 200, headers, body: writeJson('rpc', output, value) }),
    fail: (failure, _model, _id, request) => ({
      status: failure.status,
      headers: { ...headers, 'x-amzn-errortype': failure.name, ...queryError(failure, request) },
      body: jsonFailure(failure),
    }),
  };
}

const cbor = new CborCodec();
const [cborReader, cborWriter] = [cbor.createDeserializer(), cbor.createSerializer()];
const CBOR_HEADERS = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };

/** Smithy RPC v2 with CBOR: `POST /service/NAME/operation/OPERATION`; newer CLIs prefer it for CloudWatch. */
export const rpcV2Cbor: Wire = {
  name: (_model, { path }) => ({ operation: path.slice(path.lastIndexOf('/') + 1), labels: {} }),
  async decode({ input }, { body }) {
    if (body.length === 0) return {};
    let value: unknown;
    try {
      value = await cborReader.read(input, body);
    } catch (cause) {
      throw new UnreadableBody(`The request body is not valid CBOR: ${(cause as Error).message}`, { cause });
    }
    if (!isShape(value)) throw new UnreadableBody('The request body is not a CBOR map');
    return value;
  },
  encode({ output }, value) {
    if (!output.isStructSchema()) return { status: 200, headers: CBOR_HEADERS, body: new Uint8Array([0xa0]) };
    cborWriter.write(output, value);
    return { status: 200, headers: CBOR_HEADERS, body: cborWriter.flush() as Uint8Array };
  },
  fail(failure, _model, _id, request) {
    const { name, message, members, status } = failure;
    // 15: a document, encoded by what it holds.
    cborWriter.write(15, { __type: name, message, ...members });
    const body = cborWriter.flush() as Uint8Array;
    return { status, headers: { ...CBOR_HEADERS, ...queryError(failure, request) }, body };
  },
};
