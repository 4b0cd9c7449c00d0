import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

test('a reader that has seen enough ends a command without a word', async () => {
  const child = spawn(process.execPath, ['cli/main.ts', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  child.stdout.destroy();
  const [code] = await once(child, 'close');
  expect(said).toBe('');
  expect(code).toBe(1);
});
