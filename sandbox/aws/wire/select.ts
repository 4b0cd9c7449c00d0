import { awsQuery } from './form.ts';
import { restJson } from './rest.ts';
import { awsJson, rpcV2Cbor } from './rpc.ts';
import type { Request, Wire } from './wire.ts';

const json10 = awsJson('1.0');
const json11 = awsJson('1.1');

/** The protocol of a request, told by its own headers: old and new clients of one service may differ. */
export function wireOf({ headers, query, method }: Request): Wire {
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') return rpcV2Cbor;
  const type = headers['content-type'] ?? '';
  if (headers['x-amz-target'] !== undefined) return type.includes('json-1.1') ? json11 : json10;
  if (type.startsWith('application/x-www-form-urlencoded')) return awsQuery;
  return method === 'GET' && query.has('Action') ? awsQuery : restJson;
}
