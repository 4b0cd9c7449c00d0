import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FUNCTIONS, fileOf, STATE_FUNCTIONS, WRITING_SECONDS } from '../../infra/functions.ts';
import { functionName, substitutionOf } from '../../infra/names.ts';

interface Task {
  readonly Arguments?: { readonly FunctionName: string };
  readonly TimeoutSeconds?: number;
}

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

  test('lets no function run longer than the tasks that call it', () => {
    const text = readFileSync(new URL('statemachine/rollout.asl.json', root), 'utf8');
    const { States } = JSON.parse(text) as { States: Record<string, Task> };
    for (const { name, timeoutSeconds } of STATE_FUNCTIONS) {
      const calls = `\${${substitutionOf(name)}}`;
      const tasks = Object.values(States).filter(({ Arguments }) => Arguments?.FunctionName === calls);
      for (const { TimeoutSeconds = 0 } of tasks) expect(timeoutSeconds).toBeLessThanOrEqual(TimeoutSeconds);
      expect(tasks.length).toBeGreaterThan(0);
      // AWS Lambda lets none run longer.
      expect(timeoutSeconds).toBeLessThanOrEqual(900);
    }
  });

  test.each([
    'check-before-touching',
    'take-route',
    'deploy-canary',
    'match-capacity',
    'shift-traffic',
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
