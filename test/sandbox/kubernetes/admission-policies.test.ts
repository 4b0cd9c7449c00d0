import { describe, expect, it } from 'vitest';
import type { Cel } from '../../../sandbox/kubernetes/server.ts';
import { DEPLOYMENT_PATH, MERGE, namespace, podinfo, startCluster } from './cluster.ts';

type Variables = {
  object: ReturnType<typeof podinfo>;
  oldObject: ReturnType<typeof podinfo>;
  request: { userInfo: { groups: string[] } };
  variables: { images: string[] };
};

/** Stands in for a CEL evaluator: each expression is a name here. */
const EXPRESSIONS: { readonly [expression: string]: (variables: Variables) => unknown } = {
  'by a rollout': ({ request }) => request.userInfo.groups.includes('system:masters'),
  'by somebody else': ({ request }) => request.userInfo.groups.includes('others'),
  'images of the template': ({ object }) => object.spec.template.spec.containers.map(({ image }) => image),
  'images by digest': ({ variables }) => variables.images.every((image) => image.includes('@sha256:')),
  'replicas unchanged': ({ object, oldObject }) => object.spec.replicas === oldObject.spec.replicas,
};
const cel: Cel = (expression, variables) => {
  const evaluate = EXPRESSIONS[expression];
  if (evaluate === undefined) throw new Error(`undeclared reference to '${expression}'`);
  return evaluate(variables as unknown as Variables);
};

const policy = (spec: object, actions = ['Deny'], namespaceLabel = 'test') => [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'bounds' },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'] },
        ],
      },
      matchConditions: [{ name: 'who', expression: 'by a rollout' }],
      variables: [{ name: 'images', expression: 'images of the template' }],
      validations: [{ expression: 'images by digest', message: 'only by digest' }],
      ...spec,
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'bounds-here' },
    spec: {
      policyName: 'bounds',
      validationActions: actions,
      matchResources: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespaceLabel } },
      },
    },
  },
];

const DIGEST_IMAGE = `registry/podinfo:6.0.1@sha256:${'b'.repeat(64)}`;

const start = async (...objects: object[]) => {
  const cluster = await startCluster({ cel });
  cluster.apply([namespace(), podinfo(), ...objects]);
  return {
    ...cluster,
    setImage: (image: string) => cluster.setImage(image),
  };
};

describe('a ValidatingAdmissionPolicy', () => {
  it('refuses a write in the words of Kubernetes, and lets the right one through', async () => {
    const cluster = await start(...policy({}));
    expect(await cluster.setImage('registry/podinfo:6.0.1')).toMatchObject({
      code: 422,
      body: {
        reason: 'Invalid',
        message:
          "deployments.apps \"podinfo\" is forbidden: ValidatingAdmissionPolicy 'bounds' with binding 'bounds-here' denied request: only by digest",
      },
    });
    expect(cluster.deployment().metadata.generation).toBe(1);
    expect((await cluster.setImage(DIGEST_IMAGE)).code).toBe(200);
  });

  it('compares with the object as it was', async () => {
    const cluster = await start(
      ...policy({ variables: [], validations: [{ expression: 'replicas unchanged', reason: 'Forbidden' }] }),
    );
    const { code, body } = await cluster.call('PATCH', DEPLOYMENT_PATH, { spec: { replicas: 1 } }, MERGE);
    expect({ code, reason: body.reason }).toEqual({ code: 403, reason: 'Forbidden' });
    expect(body.message).toContain('failed expression: replicas unchanged');
  });

  it.each([
    [
      'its conditions do not fit',
      policy({ matchConditions: [{ name: 'who', expression: 'by somebody else' }] }),
    ],
    ['its binding selects another namespace', policy({}, ['Deny'], 'other')],
    ['its binding only audits', policy({}, ['Audit'])],
    ['it has no binding', policy({}).slice(0, 1)],
    [
      'it fails open on an error',
      policy({ failurePolicy: 'Ignore', validations: [{ expression: 'no such thing' }] }),
    ],
  ])('lets a write through when %s', async (_, objects) => {
    const cluster = await start(...objects);
    expect((await cluster.setImage('registry/podinfo:6.0.1')).code).toBe(200);
  });

  it('fails closed on an expression that cannot be evaluated', async () => {
    const cluster = await start(...policy({ validations: [{ expression: 'no such thing' }] }));
    const { code, body } = await cluster.setImage(DIGEST_IMAGE);
    expect(code).toBe(422);
    expect(body.message).toContain("undeclared reference to 'no such thing'");
  });

  it('leaves subresources alone that its rules do not name', async () => {
    const cluster = await start(
      ...policy({ variables: [], validations: [{ expression: 'replicas unchanged' }] }),
    );
    const { code } = await cluster.call(
      'PATCH',
      `${DEPLOYMENT_PATH}/scale`,
      { spec: { replicas: 1 } },
      MERGE,
    );
    expect(code).toBe(200);
  });
});
