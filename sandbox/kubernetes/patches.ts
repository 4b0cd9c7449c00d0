import jsonPatch from 'fast-json-patch';
import mergePatch from 'json-merge-patch';
import { parse } from 'yaml';
import { strategicMerge } from './fields/strategic-merge.ts';
import { isObject, type JsonObject } from './objects.ts';
import type { Resource } from './resources.ts';
import { badRequest, StatusError } from './status.ts';

/** Media type of server-side apply. JSON is YAML, so both may come under it. */
export const APPLY_TYPES = ['application/apply-patch+yaml', 'application/apply-patch+json'];

const objectIn = (body: string): JsonObject => {
  const value: unknown = parseBody(body);
  if (!isObject(value)) throw badRequest('the patch is not an object');
  return value;
};

/** Reads a request's body, JSON or YAML. */
export const parseBody = (body: string): unknown => {
  try {
    return /^\s*[[{]/.test(body) ? JSON.parse(body) : parse(body);
  } catch (error) {
    throw badRequest(`error decoding patch: ${(error as Error).message}`);
  }
};

const byJsonPatch = (body: string) => {
  const operations: unknown = parseBody(body);
  if (!Array.isArray(operations)) throw badRequest('a JSON patch is a list of operations');
  return (live: JsonObject): JsonObject => {
    try {
      return jsonPatch.applyPatch(live, operations, true, false).newDocument as JsonObject;
    } catch {
      // Kubernetes does not say which operation it was, either.
      throw new StatusError('Invalid', 'the server rejected our request due to an error in our request');
    }
  };
};

/** The patch function of a request's body by its content type; refuses types that the kind does not support. */
export const patchFunction = (
  resource: Resource,
  contentType: string,
  body: string,
): ((live: JsonObject) => JsonObject) => {
  if (contentType === 'application/json-patch+json') return byJsonPatch(body);
  const patch = objectIn(body);
  if (contentType === 'application/merge-patch+json')
    return (live) => mergePatch.apply(live, patch) as JsonObject;
  if (contentType === 'application/strategic-merge-patch+json' && !resource.custom) {
    return (live) => strategicMerge(live, patch);
  }
  const types = ['application/json-patch+json', 'application/merge-patch+json', ...APPLY_TYPES.slice(0, 1)];
  throw new StatusError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
  );
};
