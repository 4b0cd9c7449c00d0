import { AwsError, type Behaviour, type Behaviours, type Call } from '../../service.ts';
import { isShape, type Shape } from '../../wire/schema.ts';
import { pageOf } from '../paging.ts';
import type { Place } from '../place.ts';
import { dataMember, KINDS, type Kind } from './kinds.ts';
import { checkSpec, userOf } from './rules.ts';
import type { MeshStore, Resource } from './store.ts';
import { ClientTokens } from './tokens.ts';

/** The most of a page where no limit is asked for (ListRoutes: "up to 100"). */
const PAGE = 100;

/** A shared mesh belongs to its owner's account. */
const placeOf = (input: Shape, { account, region }: Call): Place => ({
  account: typeof input.meshOwner === 'string' ? input.meshOwner : account,
  region,
});

const pathOf = (kinds: readonly Kind[], input: Shape): string[] =>
  kinds.map(({ nameMember }) => String(input[nameMember]));

const namesOf = ({ kind, path }: Resource): Shape =>
  Object.fromEntries([...kind.parents, kind].map(({ nameMember }, index) => [nameMember, path[index]]));

const dataOf = (resource: Resource, status = 'ACTIVE'): Shape => ({
  ...namesOf(resource),
  spec: resource.spec,
  metadata: resource.metadata,
  status: { status },
});

const refOf = (resource: Resource): Shape => {
  const { uid: _uid, ...metadata } = resource.metadata;
  return { ...namesOf(resource), ...metadata };
};

const notFound = ({ name }: Kind, path: readonly string[]) =>
  new AwsError('NotFoundException', `${name} with name ${path.at(-1)} cannot be found.`);

function behavioursOf(kind: Kind, store: MeshStore, tokens: ClientTokens): Behaviours {
  const whole = [...kind.parents, kind];
  const answer = (resource: Resource, status?: string) => ({ [dataMember(kind)]: dataOf(resource, status) });

  const existing = (input: Shape, call: Call): Resource => {
    const path = pathOf(whole, input);
    const resource = store.get(placeOf(input, call), kind, path);
    if (resource === undefined) throw notFound(kind, path);
    return resource;
  };

  const checkParents = (input: Shape, call: Call): void => {
    for (const [index, parent] of kind.parents.entries()) {
      const path = pathOf(kind.parents.slice(0, index + 1), input);
      if (store.get(placeOf(input, call), parent, path) === undefined) throw notFound(parent, path);
    }
  };

  const create = (input: Shape, call: Call): Shape => {
    const place = placeOf(input, call);
    checkParents(input, call);
    checkSpec(kind, input.spec);
    const path = pathOf(whole, input);
    if (store.get(place, kind, path) !== undefined)
      throw new AwsError('ConflictException', `${kind.name} with name ${path.at(-1)} already exists.`);
    if (store.list(place, kind, path.slice(0, -1)).length >= kind.limit)
      throw new AwsError(
        'LimitExceededException',
        `You have reached the limit of ${kind.limit} for ${kind.listMember}.`,
      );
    const resource = store.put(place, kind, path, input.spec, call.now);
    tag(store, resource.metadata.arn, input.tags);
    return answer(resource);
  };

  const update = (input: Shape, call: Call): Shape => {
    const { path } = existing(input, call);
    checkSpec(kind, input.spec);
    return answer(store.put(placeOf(input, call), kind, path, input.spec, call.now));
  };

  const remove = (input: Shape, call: Call): Shape => {
    const place = placeOf(input, call);
    const resource = existing(input, call);
    const user = userOf(store, place, resource);
    if (user !== undefined)
      throw new AwsError(
        'ResourceInUseException',
        `${kind.name} ${resource.path.at(-1)} is in use by ${user.metadata.arn}.`,
      );
    store.delete(place, resource, call.now);
    return answer(resource, 'DELETED');
  };

  const list = (input: Shape, call: Call): Shape => {
    checkParents(input, call);
    const all = store.list(placeOf(input, call), kind, pathOf(kind.parents, input));
    const token = input.nextToken as string | undefined;
    const page = pageOf(all, { size: Number(input.limit ?? PAGE), token, invalid: 'BadRequestException' });
    return {
      [kind.listMember]: page.items.map(refOf),
      ...(page.next !== undefined && { nextToken: page.next }),
    };
  };

  const written =
    (work: (input: Shape, call: Call) => Shape): Behaviour =>
    (input: Shape, call) =>
      tokens.once(input, call, () => work(input, call));

  return {
    [`Create${kind.name}`]: written(create),
    [`Describe${kind.name}`]: (input: Shape, call: Call) => answer(existing(input, call)),
    [`Update${kind.name}`]: written(update),
    [`Delete${kind.name}`]: remove,
    [`List${kind.name === 'Mesh' ? 'Meshes' : `${kind.name}s`}`]: list,
  };
}

function tag(store: MeshStore, arn: string, tags: unknown): void {
  for (const item of Array.isArray(tags) ? tags : [])
    if (isShape(item)) store.tags(arn).set(String(item.key), String(item.value ?? ''));
}

function tagging(store: MeshStore): Behaviours {
  const tagsOf = (arn: string): Map<string, string> => {
    if (store.byArn(arn) === undefined)
      throw new AwsError('NotFoundException', `Resource with ARN ${arn} cannot be found.`);
    return store.tags(arn);
  };
  return {
    ListTagsForResource: ({ resourceArn }) => ({
      tags: [...tagsOf(resourceArn)].map(([key, value]) => ({ key, value })),
    }),
    TagResource({ resourceArn, tags }) {
      tagsOf(resourceArn);
      tag(store, resourceArn, tags);
    },
    UntagResource({ resourceArn, tagKeys }) {
      for (const key of tagKeys as string[]) tagsOf(resourceArn).delete(key);
    },
  };
}

/** AWS App Mesh: meshes, virtual routers, routes, virtual nodes and virtual services, with their tags. */
export function appMesh(store: MeshStore): Behaviours {
  const tokens = new ClientTokens();
  const all = Object.values(KINDS).map((kind) => behavioursOf(kind, store, tokens));
  return Object.assign(tagging(store), ...all);
}
