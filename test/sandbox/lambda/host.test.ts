import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { RealClock } from '../../../sandbox/clock.ts';
import { LambdaHost } from '../../../sandbox/lambda/host.ts';
import { credentials, functionFolder, surroundings } from './functions.ts';

const { folder, write, remove } = functionFolder();
const clock = new RealClock();
const hosts: LambdaHost[] = [];
const startHost = () => {
  const host = new LambdaHost({ clock, surroundings: surroundings(folder), credentials });
  hosts.push(host);
  return host;
};

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});
afterAll(() => {
  clock.stop();
  remove();
});

describe('a host that is closed', () => {
  it('while its functions start is closed at once, and refuses invocations', async () => {
    const host = startHost();
    const names = ['first', 'second', 'third'];
    for (const name of names) host.deploy(write(name, 'export const handler = async () => 1;'));
    const warming = host.prewarm(names);
    await host.close();
    await warming;
    await expect(host.invoke('first', '{}')).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  });
});

describe('refused invocations', () => {
  it('name the function, the payload or the concurrency, as Lambda names them', async () => {
    const host = startHost();
    host.deploy(write('single', 'export const handler = async () => 1;', { reservedConcurrency: 1 }));
    await expect(host.invoke('nobody', '{}')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:nobody',
    });
    await expect(host.invoke('single:7', '{}')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(host.invoke('single', '{')).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
    const [first, second] = await Promise.allSettled([
      host.invoke('single', '{}'),
      host.invoke('single', '{}'),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ reason: { name: 'TooManyRequestsException' } });
  });
});
