import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { dropErrorClasses, inlineComputedKeys, quickHexTables } from '../../../infra/bundle/slim-sdk.ts';
import { bundleFunctions } from '../../../infra/bundle.ts';

describe('computed keys', () => {
  test('that are constants become plain keys', () => {
    const code = 'var _ht = "http";\nvar Op = [9, { [_ht]: ["GET", "/", 200] }];';
    expect(inlineComputedKeys(code)).toBe('var _ht = "http";\nvar Op = [9, { "http": ["GET", "/", 200] }];');
  });

  test('that are anything else stay', () => {
    const code = 'var _x = name();\nvar a = { [_x]: 1, [y]: 2 };\nvar b = list[_x];';
    expect(inlineComputedKeys(code)).toBe(code);
  });
});

describe('error classes', () => {
  const errorClass = (name: string, body: string): string =>
    `var ${name} = class _${name} extends SSMServiceException {\n${body}\n};\nvar ${name}$ = [-3];\nn0_registry.registerError(${name}$, ${name});`;

  test('are left out unless the SDK must know them to retry', () => {
    const code = [
      errorClass('NotFound', '  name = "NotFound";'),
      errorClass('Busy', '  $retryable = {};'),
    ].join('\n');
    expect(dropErrorClasses(code)).not.toContain('registerError(NotFound$');
    expect(dropErrorClasses(code)).toContain('registerError(Busy$, Busy)');
  });

  test('that all others are made from stay', () => {
    const code = '_s_registry.registerError(SSMServiceException$, SSMServiceException);';
    expect(dropErrorClasses(code)).toBe(code);
  });
});

test('tables of hexadecimal digits are dictionaries from the start', () => {
  expect(quickHexTables('var SHORT_TO_HEX = {};\n    HEX_TO_SHORT = {};\nvar OTHER = {};')).toBe(
    'var SHORT_TO_HEX = Object.create(null);\n    HEX_TO_SHORT = Object.create(null);\nvar OTHER = {};',
  );
  const bundle = readFileSync(join(bundleFunctions().folderOf('restore'), 'index.cjs'), 'utf8');
  expect(bundle).toMatch(/=Object\.create\(null\)[;,]\w+=Object\.create\(null\)[;,]?for\(let \w+=0;\w+<256;/);
});

describe('a slimmed bundle', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('retries a throttled call and knows an error by its name', async () => {
    const answers = [
      { __type: 'com.amazonaws.ssm#ThrottlingException', message: 'slow down' },
      { __type: 'com.amazonaws.ssm#ParameterNotFound', message: 'there is none' },
    ];
    const credentials: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      credentials.push(request.headers.authorization);
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answers[credentials.length - 1] ?? answers.at(-1)));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('LOG_LEVEL', 'SILENT');
    vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'stepcanary');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDOFTHEFUNCTION');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    try {
      const file = join(bundleFunctions().folderOf('start-rollout'), 'index.cjs');
      const { handler } = await import(`${pathToFileURL(file).href}?slim`);
      // Only ParameterNotFound, known by its name, becomes this answer.
      expect(await handler({ service: 'podinfo@prod-eu' }, {})).toMatchObject({
        kind: 'refused',
        reason: expect.stringContaining('no such service is deployed here'),
      });
      expect(credentials).toHaveLength(2);
      expect(credentials[0]).toContain('Credential=AKIDOFTHEFUNCTION/');
    } finally {
      server.close();
    }
  });
});
