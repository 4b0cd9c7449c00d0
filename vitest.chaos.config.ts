import { mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** `npm run chaos`: the fault sweep, which `npm test` has one of each kind of. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  { test: { include: ['test/**/*.chaos.ts'] } },
);
