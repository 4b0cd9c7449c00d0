import type { ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';
import type { Api, Target } from '../api.ts';
import type { Pod } from '../objects.ts';
import { type LogOptions, podLog } from '../pods/pod-log.ts';
import { PODS } from '../resources.ts';
import { StatusError } from '../status.ts';
import type { ApiRequest } from './request.ts';
import { startWatch } from './watch.ts';

/** A log to be written: all of it, or on and on. */
export interface LogAnswer {
  readonly kind: 'log';
  readonly pod: Pod;
  readonly options: LogOptions;
  /** Seconds back from now. */
  readonly since: number | undefined;
  readonly follow: boolean;
}

/** What reaches into a pod's processes, which there are none of. */
const INTO_PROCESSES = ['exec', 'attach', 'portforward', 'proxy', 'ephemeralcontainers'];

/** Answers the subresources that only pods have; undefined for any other. */
export const answerPod = (
  api: Api,
  { query, verb }: ApiRequest,
  { resource, namespace, name, subresource }: Target,
): LogAnswer | undefined => {
  if (resource !== PODS || subresource === undefined) return undefined;
  if (INTO_PROCESSES.includes(subresource)) {
    throw new StatusError(
      'NotImplemented',
      `pods/${subresource}: no process stands behind the sandbox's pods`,
    );
  }
  if (subresource !== 'log' || verb !== 'get') return undefined;
  const number = (parameter: string) => (query.has(parameter) ? Number(query.get(parameter)) : undefined);
  const options = {
    container: query.get('container') ?? undefined,
    previous: query.get('previous') === 'true',
    timestamps: query.get('timestamps') === 'true',
    tailLines: number('tailLines'),
    sinceTime: query.get('sinceTime') ?? undefined,
  };
  const pod = api.get({ resource: PODS, namespace, name, subresource: undefined });
  // Refused at once, before the answer begins.
  podLog(pod, options);
  return { kind: 'log', pod, options, since: number('sinceSeconds'), follow: query.get('follow') === 'true' };
};

/** Writes a log; one that is followed goes on until the pod is deleted or the client leaves. */
export const writeLog = (
  api: Api,
  clock: Clock,
  { pod, options: asked, since, follow }: LogAnswer,
  response: ServerResponse,
): void => {
  const options =
    since === undefined
      ? asked
      : { ...asked, sinceTime: new Date(clock.now() - since * 1_000).toISOString() };
  response.writeHead(200, { 'content-type': 'text/plain' });
  const write = (lines: readonly string[]) => {
    for (const line of lines) response.write(`${line}\n`);
  };
  const first = podLog(pod, options);
  write(first);
  if (!follow) {
    response.end();
    return;
  }
  const { namespace, name, uid } = pod.metadata;
  const request = {
    resource: PODS,
    namespace,
    fits: (it: { metadata: { name: string; uid: string } }) =>
      it.metadata.name === name && it.metadata.uid === uid,
    since: api.store.revision,
    bookmarks: false,
    initialEvents: false,
  };
  let written = new Set(first);
  const stop = startWatch(api.store, clock, request, ({ type, object }) => {
    if (type === 'DELETED' || type === 'ERROR') {
      response.end();
      return;
    }
    const lines = podLog(object as Pod, { ...options, tailLines: undefined });
    write(lines.filter((line) => !written.has(line)));
    written = new Set([...written, ...lines]);
  });
  response.on('close', stop);
};
