import type { Clock } from '../../clock.ts';
import type { KubeObject } from '../objects.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import type { Predicate } from '../selectors.ts';
import { StatusError } from '../status.ts';
import type { Change, Store } from '../store.ts';

/** What a client watches. `since` is the revision to go on from; undefined begins with all that exists. */
export interface WatchRequest {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly fits: Predicate;
  readonly since: number | undefined;
  readonly bookmarks: boolean;
  /** The streaming list of `sendInitialEvents`: a bookmark marks the end of what already existed. */
  readonly initialEvents: boolean;
}

/** One line of a watch, before it is written. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: object;
}

/** The API server sends bookmarks about once a minute. */
const BOOKMARK_MILLISECONDS = 60_000;

/** What a change means to a watch with a selector: an object that no longer fits has gone. */
const seenAs = (change: Change, { resource, namespace, fits }: WatchRequest): WatchEvent | undefined => {
  const { metadata } = change.object;
  if (change.resource !== resource || (namespace !== undefined && metadata.namespace !== namespace))
    return undefined;
  const now = change.type !== 'DELETED' && fits(change.object);
  const before = change.previous !== undefined && fits(change.previous);
  if (!now && !before) return undefined;
  if (!now) return { type: 'DELETED', object: change.object };
  return { type: before ? 'MODIFIED' : 'ADDED', object: change.object };
};

const bookmark = (resource: Resource, revision: number, isEndOfInitial = false): WatchEvent => ({
  type: 'BOOKMARK',
  object: {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: {
      resourceVersion: String(revision),
      ...(isEndOfInitial && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
    },
  },
});

const initialObjects = (store: Store, { resource, namespace, fits }: WatchRequest): KubeObject[] =>
  store.list(resource, namespace).filter(fits);

/** Sends what the watch missed, then every change as it happens. Returns a function that ends it. */
export const startWatch = (
  store: Store,
  clock: Clock,
  request: WatchRequest,
  send: (event: WatchEvent) => void,
): (() => void) => {
  try {
    if (request.since === undefined || request.initialEvents) {
      for (const object of initialObjects(store, request)) send({ type: 'ADDED', object });
      if (request.initialEvents && request.bookmarks) send(bookmark(request.resource, store.revision, true));
    } else {
      for (const change of store.since(request.since)) sendSeen(change, request, send);
    }
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    send({ type: 'ERROR', object: error.toStatus() });
    return () => {};
  }
  const unsubscribe = store.onChange((change) => sendSeen(change, request, send));
  const stopBookmarks = request.bookmarks
    ? everyMinute(clock, () => send(bookmark(request.resource, store.revision)))
    : () => {};
  return () => {
    unsubscribe();
    stopBookmarks();
  };
};

const sendSeen = (change: Change, request: WatchRequest, send: (event: WatchEvent) => void) => {
  const event = seenAs(change, request);
  if (event !== undefined) send(event);
};

const everyMinute = (clock: Clock, work: () => void): (() => void) => {
  let cancel = () => {};
  const arm = () => {
    cancel = clock.schedule(clock.now() + BOOKMARK_MILLISECONDS, () => {
      work();
      arm();
    });
  };
  arm();
  return () => cancel();
};
