import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const EXAMPLE = readFileSync('docs/outside/podinfo.yaml', 'utf8');

const TARGETS = `
local: { region: eu-west-1, account: "111122223333", cluster: local }
rehearsal: { region: eu-west-1, account: "111122223333", cluster: rehearsal }
next: { region: eu-west-1, account: "111122223333", cluster: next }
far: { region: us-east-1, account: "111122223333", cluster: far }
`;

/** A spec like the example's, of another service and target. */
export const specOf = (service: string, target: string): string =>
  EXAMPLE.replaceAll('podinfo', service).replace('target: local', `target: ${target}`);

/** A folder of specs with the targets local, rehearsal, next (same place) and far (another region); gone after the test. */
export const folderOf = (specs: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'stepcanary-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, '_targets.yaml'), TARGETS);
  for (const [name, text] of Object.entries(specs)) writeFileSync(join(folder, name), text);
  return folder;
};
