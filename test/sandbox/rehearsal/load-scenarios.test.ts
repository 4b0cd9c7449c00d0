import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadScenarios } from '../../../sandbox/rehearsal/load-scenarios.ts';

const folder = mkdtempSync(join(tmpdir(), 'scenarios-'));
afterAll(() => rmSync(folder, { recursive: true }));
const scenarios = join(import.meta.dirname, '../../scenarios');
const ROLLOUT = `rollout: ${join(scenarios, '_rollouts/quick.yaml')}`;

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** The problems of one file, without its name. */
const problemsOf = async (content: string | Uint8Array): Promise<string[]> => {
  const path = file('one.yaml', content);
  const { loaded, problems } = await loadScenarios([path]);
  expect(loaded).toHaveLength(problems.length === 0 ? 1 : 0);
  return problems.map((problem) => problem.replace(`${path}: `, ''));
};

const withEntry = (entry: string) => problemsOf(`name: x\n${ROLLOUT}\ntimeline:\n  - ${entry}\n`);

test.each([
  ['{ at: soon, push: "6.0.1" }', 'timeline[0].at: must be a duration of 0s to 400d, such as 1m, got "soon"'],
  ['{ at: -1m, push: "6.0.1" }', 'timeline[0].at: must be a duration of 0s to 400d, such as 1m, got "-1m"'],
  ['{ push: "6.0.1" }', 'timeline[0].at: is missing, got nothing'],
  ['{ at: 0s, push: 6.1 }', 'timeline[0].push: must be a text; put it in quotes, got 6.1'],
  ['{ at: 0s, pusch: "6.0.1" }', 'timeline[0].pusch: unknown key, got "6.0.1"; did you mean push?'],
  [
    '{ at: 0s, push: "6.0.1", start: "6.0.1" }',
    expect.stringMatching(/^timeline\[0\]: must have exactly one of push, start, .*, got \{.*\}$/),
  ],
  [
    '{ at: 0s, metrics: { state: late } }',
    'timeline[0].metrics: must have `by` with late, and with late only, got {"state":"late"}',
  ],
  [
    '{ at: 0s, duplicate: true, crash: restore }',
    expect.stringContaining('timeline[0]: must have `duplicate` with push, start or template only'),
  ],
  [
    '{ at: 0s, fault: { call: appmesh.UpdateRout, error: TooManyRequestsException } }',
    'timeline[0].fault.call: appmesh has no such operation, got "appmesh.UpdateRout"; did you mean appmesh.UpdateRoute?',
  ],
  [
    '{ at: 0s, fault: { call: apmesh.UpdateRoute, error: TooManyRequestsException } }',
    'timeline[0].fault.call: no such service, got "apmesh.UpdateRoute"; did you mean appmesh?',
  ],
  [
    '{ at: 0s, fault: { call: kubernetes.pach.deployments, error: Conflict } }',
    'timeline[0].fault.call: no such verb, got "kubernetes.pach.deployments"; did you mean kubernetes.patch?',
  ],
  [
    '{ at: 0s, fault: { call: kubernetes.patch.deployment, error: Conflict } }',
    'timeline[0].fault.call: no such resource, got "kubernetes.patch.deployment"; did you mean kubernetes.patch.deployments?',
  ],
  [
    '{ at: 0s, fault: { call: sns.Publish, error: hang, when: late } }',
    'timeline[0].fault: must have `by` with when: late, and with late only, got {"call":"sns.Publish","error":"hang","when":"late"}',
  ],
  [
    '{ at: 0s, fault: { call: sns.Publish, error: hangs } }',
    'timeline[0].fault.error: must be the name of an error, such as Conflict, or hang or reset, got "hangs"',
  ],
  [
    '{ at: 0s, crash: shift-trafic }',
    'timeline[0].crash: no such function, got "shift-trafic"; did you mean shift-traffic?',
  ],
  [
    '{ at: 0s, behave: { "6.0.9": { errorRate: 0.1 } } }',
    'timeline[0].behave: no such version, got "6.0.9"; did you mean 6.0.0?',
  ],
  [
    '{ at: 0s, service: podinfi, push: "6.0.1" }',
    'timeline[0].service: no such service, got "podinfi"; did you mean podinfo?',
  ],
])('%s is refused', async (entry, problem) => {
  expect(await withEntry(entry)).toEqual([problem]);
});

test.each([
  ['expect: { outcome: great }', /^expect\.outcome: must be promoted, .*, got "great"$/],
  ['expect: [{ outcome: great }]', /^expect\[0\]\.outcome: must be promoted, .*, got "great"$/],
  ['traffic: { rps: many }', /^traffic\.rps: must be a number, got "many"$/],
  ['traffic: 20', /^traffic: must be a block of keys or a list, got 20$/],
  ['seed: [1]', /^seed: must be a number or a text, got \[1\]$/],
])('what may have two forms is told by the one that stands there: %s', async (key, problem) => {
  const problems = await problemsOf(`name: x\n${ROLLOUT}\n${key}\ntimeline: [{ at: 0s, push: "6.0.1" }]\n`);
  expect(problems).toEqual([expect.stringMatching(problem)]);
});

test('a number out of its limits is told with the limit', async () => {
  const problems = await withEntry('{ at: 0s, hook: { name: check, answers: 42 } }');
  expect(problems).toEqual(['timeline[0].hook.answers: must be at least 200, got 42']);
});

test('a call of a subresource is one, and so is every call that exists', async () => {
  const call = (name: string) => withEntry(`{ at: 0s, fault: { call: ${name}, error: Conflict } }`);
  expect(await call('kubernetes.patch.deployments/scale')).toEqual([]);
  expect(await call('states.StartExecution')).toEqual([]);
});

test('all problems of all files are told at once: form, names, faults and spec', async () => {
  const first = file(
    'first.yaml',
    'name: x\nsead: 1\nspec: { service: podinfo }\ntraffic: { rps: -1 }\n' +
      'timeline: [{ at: 0s, crash: restor }, { at: 0s, fault: { call: sns.Publis, error: Throttled } }]\n',
  );
  const second = file('second.yaml', `name: y\n${ROLLOUT}\ntimeline: []\n`);
  const { loaded, problems } = await loadScenarios([first, second]);
  expect(loaded).toEqual([]);
  expect(problems).toEqual(
    expect.arrayContaining([
      `${first}: sead: unknown key, got 1; did you mean seed?`,
      `${first}: traffic.rps: must not be negative, got -1`,
      expect.stringMatching(`${first}: rollout: target: is missing`),
      `${first}: timeline[0].crash: no such function, got "restor"; did you mean restore?`,
      `${first}: timeline[1].fault.call: sns has no such operation, got "sns.Publis"; did you mean sns.Publish?`,
      `${second}: timeline: must have at least one entry, got []`,
    ]),
  );
});

test.each([
  ['', 'the file: is empty'],
  [' \n\n', 'the file: is empty'],
  [new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]), 'the file: is not a text in UTF-8'],
  ['name: a\nname: b\n', 'the file: is not YAML, Map keys must be unique at line 2, column 1'],
  ['name: a\n---\nname: b\n', 'the file: has several YAML documents; write one file for each'],
  [`# ${'x'.repeat(2_000_001)}\n`, 'the file: has 2.0 MB; a file may have up to 2 MB'],
  [
    'service: podinfo\nworkload: {}\n',
    'the file: is a rollout spec; name it in a scenario, as `rollout: one.yaml`',
  ],
  ['- 1\n', expect.stringContaining('must be a block of keys, got [1]')],
])('a file that is no scenario is refused in one line (%#)', async (content, problem) => {
  expect(await problemsOf(content)).toEqual([problem]);
});

test('a file that is not there, and a spec that is not there, are told apart', async () => {
  mkdirSync(join(folder, 'inner'));
  const none = join(folder, 'none.yaml');
  expect((await loadScenarios([none, join(folder, 'inner')])).problems).toEqual([
    `${none}: the file: there is no file ${none}; check the path`,
    `${join(folder, 'inner')}: the file: ${join(folder, 'inner')} is a folder; name a file in it`,
  ]);
  expect(await problemsOf('name: x\nrollout: no.yaml\ntimeline: [{ at: 0s, push: "6.0.1" }]\n')).toEqual([
    `rollout: there is no file ${join(folder, 'no.yaml')}; check the path; it is relative to the scenario's own folder`,
  ]);
});

test('every scenario of the repository passes', async () => {
  const files = readdirSync(scenarios, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && !name.startsWith('_'))
    .map((name) => relative(process.cwd(), join(scenarios, name)));
  expect((await loadScenarios(files)).problems).toEqual([]);
});
