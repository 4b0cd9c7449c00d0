import { expect, test } from 'vitest';
import { servicesHere } from '../../../cli/sandbox/services-here.ts';
import { folderOf, specOf } from '../folder.ts';

const services = {
  'a.yaml': specOf('podinfo', 'local'),
  'b.yaml': specOf('detail', 'next'),
  'c.yaml': specOf('podinfo', 'far'),
};
const names = (found: ReturnType<typeof servicesHere>) =>
  found.services.map(({ spec }) => `${spec.service}@${spec.target}`);

test('a sandbox is one account and region: services elsewhere are left out and named', () => {
  const found = servicesHere(folderOf(services), undefined);
  expect(names(found)).toEqual(['podinfo@local', 'detail@next']);
  expect(found.elsewhere).toEqual(['podinfo@far']);
});

test('a target says which account and region', () => {
  expect(names(servicesHere(folderOf(services), 'far'))).toEqual(['podinfo@far']);
});

test('a target that nobody has gets the nearest name', () => {
  const folder = folderOf(services);
  expect(() => servicesHere(folder, 'locl')).toThrow(
    `--target: is not in ${folder}/_targets.yaml, got "locl"; did you mean local?`,
  );
});

test('every problem of every spec is told, and nothing is started', () => {
  const folder = folderOf({ ...services, 'd.yaml': 'service: 3\n', 'e.yaml': '{' });
  expect(() => servicesHere(folder, undefined)).toThrow(/d\.yaml: service: .*\n(.|\n)*e\.yaml: is no YAML/);
});

test('a folder without specs is not one to start with', () => {
  expect(() => servicesHere(folderOf({}), undefined)).toThrow('has no spec; add one');
});

test('two services with one route, or one Deployment, are refused', () => {
  const detail = specOf('podinfo', 'local').replace('service: podinfo', 'service: detail');
  const folder = folderOf({ 'a.yaml': specOf('podinfo', 'local'), 'b.yaml': detail });
  expect(() => servicesHere(folder, undefined)).toThrow(
    `${folder}/b.yaml: router.appMesh.route: is that of podinfo@local in a.yaml, got "global/podinfo-router/podinfo"; give each service its own`,
  );
  expect(() => servicesHere(folder, undefined)).toThrow('workload.canary: is that of podinfo@local');
});
