import type { KubeObject } from './objects.ts';
import type { Resource } from './resources.ts';

/** The user behind a request. */
export interface User {
  readonly user: string;
  readonly groups: readonly string[];
}

/** A write on its way to the store. */
export interface Review {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly resource: Resource;
  readonly subresource: string | undefined;
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
  readonly user: User;
}

/** Looks at a write before it is stored; may change the object, throws a StatusError to refuse it. */
export type Admission = (review: Review) => void;
