/** A kind of App Mesh resource: all of them share their life, only names differ. */
export interface Kind {
  /** `Route` in CreateRoute; in the answer it is `route`. */
  readonly name: string;
  readonly nameMember: string;
  /** The member of the list operation's answer. */
  readonly listMember: string;
  /** The kinds above it, outermost first. */
  readonly parents: readonly Kind[];
  /** The part of the ARN before the name. */
  readonly arnPart: string;
  /** Most of them in one parent. Source: aws/aws-app-mesh-roadmap#263. */
  readonly limit: number;
}

const MESH: Kind = {
  name: 'Mesh',
  nameMember: 'meshName',
  listMember: 'meshes',
  parents: [],
  arnPart: 'mesh',
  limit: 15,
};
const VIRTUAL_ROUTER: Kind = {
  name: 'VirtualRouter',
  nameMember: 'virtualRouterName',
  listMember: 'virtualRouters',
  parents: [MESH],
  arnPart: 'virtualRouter',
  limit: 200,
};
const ROUTE: Kind = {
  name: 'Route',
  nameMember: 'routeName',
  listMember: 'routes',
  parents: [MESH, VIRTUAL_ROUTER],
  arnPart: 'route',
  limit: 50,
};
const VIRTUAL_NODE: Kind = {
  name: 'VirtualNode',
  nameMember: 'virtualNodeName',
  listMember: 'virtualNodes',
  parents: [MESH],
  arnPart: 'virtualNode',
  limit: 200,
};
const VIRTUAL_SERVICE: Kind = {
  name: 'VirtualService',
  nameMember: 'virtualServiceName',
  listMember: 'virtualServices',
  parents: [MESH],
  arnPart: 'virtualService',
  limit: 200,
};

export const KINDS = {
  mesh: MESH,
  virtualRouter: VIRTUAL_ROUTER,
  route: ROUTE,
  virtualNode: VIRTUAL_NODE,
  virtualService: VIRTUAL_SERVICE,
} as const;

/** `route` for Route: the member of an answer. */
export const dataMember = ({ name }: Kind): string => name.charAt(0).toLowerCase() + name.slice(1);
