import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import type { PolicyDocument, Statement } from '../../../../sandbox/aws/iam/policy.ts';
import { IamStore } from '../../../../sandbox/aws/iam/store.ts';
import { sts } from '../../../../sandbox/aws/services/sts.ts';
import { ACCOUNT, localEdge } from '../local-edge.ts';

const ENGINE = `arn:aws:iam::${ACCOUNT}:role/engine`;
const SERVICE = `arn:aws:iam::${ACCOUNT}:role/service-podinfo`;
const FOREIGN = 'arn:aws:iam::999988887777:role/service-podinfo';
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

const document = (...Statement: Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const trusting = (AWS: string, rest: Partial<Statement> = {}): PolicyDocument =>
  document({
    Effect: 'Allow',
    Principal: { AWS },
    Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    ...rest,
  });
const mayAssume = (Resource: string, Action: string | string[] = 'sts:*'): PolicyDocument =>
  document({ Effect: 'Allow', Action, Resource });

async function assume(
  {
    trust,
    identity = [],
    target = SERVICE,
  }: { trust: PolicyDocument; identity?: PolicyDocument[]; target?: string },
  input: Partial<AssumeRoleCommandInput> = {},
  callerIdentity?: string,
) {
  const iam = new IamStore({ account: ACCOUNT });
  iam.putRole({ arn: ENGINE, trust: document(), policies: identity });
  iam.putRole({ arn: target, trust });
  const { config, clock } = await localEdge({ iam, services: () => ({ sts: sts(iam) }) });
  const { accessKeyId } = iam.createSession(ENGINE, {
    sessionName: 'shift-traffic',
    sourceIdentity: callerIdentity,
  });
  const answer = await new STSClient(config(accessKeyId)).send(
    new AssumeRoleCommand({ RoleArn: target, RoleSessionName: 'podinfo-6.0.1', ...input }),
  );
  return { answer, iam, now: clock.now(), caller: iam.resolve(answer.Credentials?.AccessKeyId ?? '') };
}

const refused = (action: string, target = SERVICE) => ({
  name: 'AccessDenied',
  message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/engine/shift-traffic is not authorized to perform: ${action} on resource: ${target}`,
});

describe('AssumeRole', () => {
  test('gives a session that is the role, with its name and source identity', async () => {
    const { answer, caller } = await assume({ trust: trusting(ENGINE) }, { SourceIdentity: 'ana' });
    expect(caller).toEqual({
      account: ACCOUNT,
      roleArn: SERVICE,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/service-podinfo/podinfo-6.0.1`,
      sessionName: 'podinfo-6.0.1',
      sourceIdentity: 'ana',
    });
    expect(answer.AssumedRoleUser?.Arn).toBe(caller.arn);
    expect(answer.SourceIdentity).toBe('ana');
  });

  test('a trust policy that names another role refuses, whatever the own policies', async () => {
    const other = { trust: trusting(`${ENGINE}-2`), identity: [mayAssume('*')] };
    await expect(assume(other)).rejects.toMatchObject(refused('sts:AssumeRole'));
  });

  test('a trusted account leaves it to its own policies', async () => {
    await expect(assume({ trust: trusting(ROOT) })).rejects.toMatchObject(refused('sts:AssumeRole'));
    await expect(assume({ trust: trusting(ROOT), identity: [mayAssume(SERVICE)] })).resolves.toBeDefined();
  });

  test('a role in another account needs both sides', async () => {
    const foreign = { trust: trusting(ENGINE), target: FOREIGN };
    await expect(assume(foreign)).rejects.toMatchObject(refused('sts:AssumeRole', FOREIGN));
    const { caller } = await assume({ ...foreign, identity: [mayAssume(FOREIGN)] });
    expect(caller.account).toBe('999988887777');
  });

  test('a Deny of the own policies wins over a trust policy that names the role', async () => {
    const deny = document({ Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' });
    await expect(assume({ trust: trusting(ENGINE), identity: [deny] })).rejects.toMatchObject(
      refused('sts:AssumeRole'),
    );
  });

  test('a source identity needs sts:SetSourceIdentity on both sides', async () => {
    const trust = trusting(ENGINE, { Action: 'sts:AssumeRole' });
    await expect(assume({ trust })).resolves.toBeDefined();
    await expect(assume({ trust }, { SourceIdentity: 'ana' })).rejects.toMatchObject(
      refused('sts:SetSourceIdentity'),
    );
    const half = { trust: trusting(ROOT), identity: [mayAssume(SERVICE, 'sts:AssumeRole')] };
    await expect(assume(half, { SourceIdentity: 'ana' })).rejects.toMatchObject(
      refused('sts:SetSourceIdentity'),
    );
  });

  test('a source identity stays along a chain and cannot be changed', async () => {
    const { caller } = await assume({ trust: trusting(ENGINE) }, {}, 'ana');
    expect(caller.sourceIdentity).toBe('ana');
    const change = assume({ trust: trusting(ENGINE) }, { SourceIdentity: 'bob' }, 'ana');
    await expect(change).rejects.toMatchObject(refused('sts:SetSourceIdentity'));
  });

  test('tags need sts:TagSession', async () => {
    const trust = trusting(ENGINE, { Action: 'sts:AssumeRole' });
    const tagged = assume({ trust }, { Tags: [{ Key: 'service', Value: 'podinfo' }] });
    await expect(tagged).rejects.toMatchObject(refused('sts:TagSession'));
  });

  test.each<[string, Statement['Condition'], Partial<AssumeRoleCommandInput>, boolean]>([
    ['the principal', { ArnLike: { 'aws:PrincipalArn': `${ENGINE}*` } }, {}, true],
    ['another principal', { ArnLike: { 'aws:PrincipalArn': `${SERVICE}*` } }, {}, false],
    ['the session name', { StringLike: { 'sts:RoleSessionName': 'podinfo-*' } }, {}, true],
    ['another session name', { StringLike: { 'sts:RoleSessionName': 'other-*' } }, {}, false],
    ['a source identity', { StringEquals: { 'sts:SourceIdentity': 'ana' } }, { SourceIdentity: 'ana' }, true],
    ['a missing source identity', { StringEquals: { 'sts:SourceIdentity': 'ana' } }, {}, false],
    ['the external id', { StringEquals: { 'sts:ExternalId': 'x1' } }, { ExternalId: 'x1' }, true],
    ['another external id', { StringEquals: { 'sts:ExternalId': 'x1' } }, { ExternalId: 'x2' }, false],
  ])('trust on condition of %s', async (_, Condition, input, allowed) => {
    const outcome = assume({ trust: trusting(ENGINE, { Condition } as Partial<Statement>) }, input).then(
      () => true,
      ({ name }) => name,
    );
    expect(await outcome).toBe(allowed || 'AccessDenied');
  });

  test('a session of a session lasts an hour at most, and then its keys are refused', async () => {
    const trust = trusting(ENGINE);
    await expect(assume({ trust }, { DurationSeconds: 7200 })).rejects.toMatchObject({
      name: 'ValidationError',
      message: /role chaining/,
    });
    const { answer, iam, now } = await assume({ trust }, { DurationSeconds: 900 });
    const { AccessKeyId = '', Expiration } = answer.Credentials ?? {};
    const end = Expiration?.getTime() ?? 0;
    expect(end - now).toBeGreaterThanOrEqual(899_000);
    expect(iam.resolve(AccessKeyId, end).roleArn).toBe(SERVICE);
    expect(() => iam.resolve(AccessKeyId, end + 1)).toThrow(
      expect.objectContaining({ name: 'ExpiredTokenException' }),
    );
  });

  test('a role that is not there is refused in the same words', async () => {
    const missing = assume({ trust: trusting(ENGINE) }, { RoleArn: `${SERVICE}-2` });
    await expect(missing).rejects.toMatchObject(refused('sts:AssumeRole', `${SERVICE}-2`));
  });
});
