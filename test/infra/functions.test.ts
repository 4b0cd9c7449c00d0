import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FUNCTIONS, fileOf, STATE_FUNCTIONS, WRITING_SECONDS } from '../../infra/functions.ts';
import { functionName, substitutionOf } from '../../infra/names.ts';

const root = new URL('../../', import.meta.url);
const filesIn = (folder: string): string[] =>
  readdirSync(new URL(folder, root), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${folder}${entry.name}`);

describe('the table of functions', () => {
  test('has each file of lambdas/ once, and no other', () => {
    const files = [...filesIn('lambdas/'), ...filesIn('lambdas/events/')];
    expect(FUNCTIONS.map(fileOf).sort()).toEqual(files.sort());
  });

  test('has names that AWS Lambda takes', () => {
    for (const { name } of FUNCTIONS) expect(functionName(name)).toMatch(/^[a-z-]{1,64}$/);
  });

  test('lets no function run longer than the task that calls it', () => {
    for (const { timeoutSeconds } of FUNCTIONS) expect(timeoutSeconds).toBeLessThanOrEqual(60);
  });

  test.each([
    'check-before-touching',
    'take-route',
    'deploy-canary',
    'match-capacity',
    'shift-traffic',
    'judge-canary',
    'promote-primary',
    'retire-canary',
    'restore',
    'rescue',
    'watchdog',
  ])('ends %s, which writes to a route or a workload, before rescue looks again', (name) => {
    expect(FUNCTIONS.find((each) => each.name === name)?.timeoutSeconds).toBe(WRITING_SECONDS);
  });

  test('lets functions that talk to Kubernetes talk to nothing else', () => {
    const onCluster = FUNCTIONS.filter(({ kubernetes }) => kubernetes);
    expect(onCluster.map(({ name }) => name).sort()).toEqual([
      'check-pods',
      'check-workload',
      'deploy-canary',
      'match-capacity',
      'promote-primary',
      'read-workload',
      'retire-canary',
    ]);
    for (const { grants } of onCluster) expect(grants).toEqual(['serviceRole']);
  });

  test('names substitutions after the file', () => {
    expect(STATE_FUNCTIONS.map(({ name }) => substitutionOf(name))).toContain(
      'CheckBeforeTouchingFunctionArn',
    );
  });
});
