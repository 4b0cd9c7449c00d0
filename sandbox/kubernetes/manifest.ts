import { parseAllDocuments } from 'yaml';
import type { Api, WriteOptions } from './api.ts';
import { isObject, type JsonObject, type KubeObject } from './objects.ts';
import { resourceOfKind } from './resources.ts';
import { badRequest } from './status.ts';

/** YAML text of one or more documents, an object, or a list of objects. A `List` is taken apart. */
export type Manifest = string | object | readonly object[];

/** The objects of a manifest. Text that is not YAML, and documents that are no objects, are refused. */
export const objectsOf = (manifest: Manifest): JsonObject[] => {
  const values: unknown[] = typeof manifest === 'string' ? documentsOf(manifest) : [manifest].flat();
  return values.flatMap((value) => {
    if (!isObject(value)) throw badRequest(`a manifest holds objects, got ${JSON.stringify(value)}`);
    return value.kind === 'List' && Array.isArray(value.items) ? objectsOf(value.items) : [value];
  });
};

const documentsOf = (text: string): unknown[] =>
  parseAllDocuments(text)
    .map((document) => {
      const error = document.errors[0];
      if (error !== undefined) throw badRequest(`the manifest is not YAML: ${error.message}`);
      return document.toJS() as unknown;
    })
    .filter((value) => value !== null);

/** Applies every object of a manifest by forced server-side apply. */
export const applyManifest = (api: Api, manifest: Manifest, options: WriteOptions): KubeObject[] =>
  objectsOf(manifest).map((object) => {
    const resource = resourceOfKind(object.apiVersion, object.kind);
    if (resource === undefined)
      throw badRequest(`no matches for kind "${object.kind}" in version "${object.apiVersion}"`);
    const { name, namespace = 'default' } = (isObject(object.metadata) ? object.metadata : {}) as {
      name?: string;
      namespace?: string;
    };
    const target = { resource, name, ...(resource.namespaced && { namespace }) };
    return api.apply(target, object, { ...options, force: true });
  });
