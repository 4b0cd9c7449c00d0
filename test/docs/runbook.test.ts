import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchorOf, anchorsIn } from '../../scripts/check-links.ts';
import { ofType, resourcesOf, synthesiseQuickly } from '../infra/synthesised.ts';

const root = join(import.meta.dirname, '../..');
const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8');

/** A chapter's headings, as anchors, each with its text. */
const sectionsOf = (chapter: string): Map<string, string> => {
  const text = runbook.split(/^## /m).find((part) => part.startsWith(`${chapter}\n`)) ?? '';
  const sections = text.split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => [anchorOf(section.slice(0, section.indexOf('\n'))), section] as const),
  );
};
const alarmSections = sectionsOf('Alarms');
const redSections = sectionsOf('Red executions');

const assembly = synthesiseQuickly();
const alarms = ofType(resourcesOf(assembly, 'stepcanary-engine-eu-west-1'), 'AWS::CloudWatch::Alarm').map(
  ({ Properties }) => String(Properties.AlarmDescription),
);
const headingOf = (description: string): string => description.split('#')[1] ?? 'none';

interface State {
  readonly Type: string;
  readonly Error?: string;
}
const { States } = JSON.parse(readFileSync(join(root, 'statemachine/rollout.asl.json'), 'utf8')) as {
  readonly States: Readonly<Record<string, State>>;
};
const fails = Object.entries(States).filter(([, { Type }]) => Type === 'Fail');

describe('the runbook', () => {
  test('every alarm links to a heading that is there', () => {
    expect(alarms.length).toBeGreaterThan(0);
    expect(alarms.map(headingOf).filter((heading) => !anchorsIn(runbook).has(heading))).toEqual([]);
    expect(alarms.every((description) => description.includes('docs/runbook.md#'))).toBe(true);
  });

  test('every heading of the chapter on alarms is an alarm', () => {
    const known = alarms.map(headingOf);
    expect([...alarmSections.keys()].filter((heading) => !known.includes(heading))).toEqual([]);
  });

  test('every end of the machine that is red has a heading, and every heading such an end', () => {
    expect([...redSections.keys()].sort()).toEqual(fails.map(([name]) => anchorOf(name)).sort());
  });

  test.each(fails.filter(([, state]) => state.Error?.startsWith('Canary.')))(
    '%s is told with the error by which it is found',
    (name, state) => {
      expect(redSections.get(anchorOf(name))).toContain(`\`${state.Error}\``);
    },
  );

  test.each([...redSections])('%s says what it means, what serves and what to do', (_, section) => {
    for (const word of ['**Means.**', '**Serves', '**Do']) expect(section).toContain(word);
  });
});
