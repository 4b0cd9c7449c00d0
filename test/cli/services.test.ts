import { expect, test } from 'vitest';
import { findService } from '../../cli/services.ts';
import { serviceAtTarget } from '../../infra/names.ts';
import { folderOf, specOf } from './folder.ts';

const twice = { 'a.yaml': specOf('podinfo', 'local'), 'b.yaml': specOf('podinfo', 'far') };

test('a service with one target needs no target', () => {
  const folder = folderOf({ 'a.yaml': specOf('podinfo', 'local'), 'b.yaml': specOf('detail', 'far') });
  expect(serviceAtTarget(findService('detail', folder).spec)).toBe('detail@far');
});

test('a service with two targets is asked which; its full name says it', () => {
  const folder = folderOf(twice);
  expect(() => findService('podinfo', folder)).toThrow(
    'service: "podinfo" has 2 targets; name one of them: podinfo@local, podinfo@far',
  );
  expect(findService('podinfo@far', folder).target.region).toBe('us-east-1');
});

test.each([
  ['podinf', 'did you mean podinfo?'],
  ['podinfo@fa', 'did you mean podinfo@far?'],
  ['x', 'services are: podinfo@local, podinfo@far'],
])('the unknown service %s gets a fix', (name, fix) => {
  const folder = folderOf(twice);
  expect(() => findService(name, folder)).toThrow(
    `service: no spec in ${folder} is for it, got "${name}"; ${fix}`,
  );
});

test("another service's wrong spec does not matter, one that may be meant is shown", () => {
  const folder = folderOf({
    'a.yaml': specOf('podinfo', 'local'),
    'b.yaml': 'service: detail\ntarget: local\n',
  });
  expect(findService('podinfo', folder).file).toBe('a.yaml');
  expect(() => findService('detail', folder)).toThrow(`${folder}/b.yaml: analysis: is missing`);
});

test('a missing folder is named with what to do', () => {
  expect(() => findService('podinfo', '/nowhere/at/all')).toThrow(
    '/nowhere/at/all: there is no such folder; name the one that holds the specs',
  );
});
