import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionConfig } from '../../../sandbox/lambda/function-config.ts';

/** A folder of function bundles that goes away with `remove`. */
export const functionFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'functions-'));
  return {
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
    /** Writes the module as the function's bundle and returns a configuration for it. */
    write: (
      name: string,
      source: string,
      changes: Partial<FunctionConfig> = {},
      file = 'index.mjs',
    ): FunctionConfig => {
      const codeDirectory = join(folder, name);
      mkdirSync(codeDirectory, { recursive: true });
      writeFileSync(join(codeDirectory, file), source);
      return {
        name,
        codeDirectory,
        handler: 'index.handler',
        timeoutSeconds: 30,
        memoryMb: 128,
        environment: {},
        roleArn: `arn:aws:iam::123456789012:role/${name}`,
        ...changes,
      };
    },
  };
};

export const surroundings = (folder: string) => ({
  region: 'eu-west-1',
  account: '123456789012',
  endpoint: 'http://127.0.0.1:1',
  folder,
  compileCache: undefined,
});

export const credentials = () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' });
