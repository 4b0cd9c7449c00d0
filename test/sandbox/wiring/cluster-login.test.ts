import { describe, expect, it } from 'vitest';
import { IamStore } from '../../../sandbox/aws/iam/store.ts';
import { ClusterStore } from '../../../sandbox/aws/services/eks.ts';
import { clusterLogin } from '../../../sandbox/wiring/cluster-login.ts';

const NOW = Date.UTC(2030, 0, 1, 12);
const home = { region: 'eu-west-1', account: '123456789012' };
const roleArn = 'arn:aws:iam::123456789012:role/stepcanary/podinfo';

const setUp = () => {
  const iam = new IamStore({ account: home.account });
  const clusters = new ClusterStore();
  clusters.put(home, { name: 'prod', endpoint: 'https://127.0.0.1:1', certificateAuthority: '' });
  const login = clusterLogin({ iam, clusters, home, ownerToken: 'mine', now: () => NOW });
  return { iam, clusters, login };
};

const token = (
  accessKeyId: string,
  { date = '20300101T115500Z', action = 'GetCallerIdentity', host = 'sts.eu-west-1.amazonaws.com' } = {},
) => {
  const credential = encodeURIComponent(`${accessKeyId}/20300101/eu-west-1/sts/aws4_request`);
  const url = `https://${host}/?Action=${action}&Version=2011-06-15&X-Amz-Credential=${credential}&X-Amz-Date=${date}`;
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
};

describe('a bearer token', () => {
  it('of a role is the user and the groups of its access entry', () => {
    const { iam, clusters, login } = setUp();
    clusters.putEntry(home, 'prod', roleArn, { kubernetesGroups: ['stepcanary:podinfo'] }, NOW);
    const { accessKeyId } = iam.createSession(roleArn, { sessionName: 'podinfo-6.0.1' });
    expect(login(token(accessKeyId))).toEqual({
      user: 'arn:aws:sts::123456789012:assumed-role/podinfo/podinfo-6.0.1',
      groups: ['stepcanary:podinfo', 'system:authenticated'],
    });
  });

  it('of the owner, by kubeconfig or by unknown keys, is system:masters', () => {
    const { login } = setUp();
    expect(login('mine')?.groups).toContain('system:masters');
    expect(login(token('ANYTHING'))?.groups).toContain('system:masters');
  });

  it('is refused without an access entry, when it is older than 15 minutes, and when it is not an identity', () => {
    const { iam, clusters, login } = setUp();
    const { accessKeyId } = iam.createSession(roleArn, { sessionName: 'x' });
    expect(login(token(accessKeyId))).toBeUndefined();
    clusters.putEntry(home, 'prod', roleArn, {}, NOW);
    expect(login(token(accessKeyId))).toBeDefined();
    expect(login(token(accessKeyId, { date: '20300101T114459Z' }))).toBeUndefined();
    expect(login(token(accessKeyId, { action: 'AssumeRole' }))).toBeUndefined();
    expect(login(token(accessKeyId, { host: 'example.com' }))).toBeUndefined();
    expect(login('k8s-aws-v1.@@@')).toBeUndefined();
    expect(login(undefined)).toBeUndefined();
  });
});
