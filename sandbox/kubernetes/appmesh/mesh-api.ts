/** The kinds of App Mesh resources that the controller keeps. */
export type MeshKind = 'mesh' | 'virtualNode' | 'virtualRouter' | 'virtualService' | 'route';

/** The App Mesh API as its Kubernetes controller uses it. Paths name a resource from the mesh inwards: mesh, router, route. */
export interface MeshApi {
  /** The spec of a resource; undefined when it is not there. */
  spec(kind: MeshKind, path: readonly string[]): unknown;
  /** Creates a resource or overwrites its spec; returns its ARN. An error's message is what the API answered. */
  put(kind: MeshKind, path: readonly string[], spec: unknown): string;
  remove(kind: MeshKind, path: readonly string[]): void;
  /** The names of the routes of a virtual router. */
  routes(mesh: string, virtualRouter: string): readonly string[];
}
