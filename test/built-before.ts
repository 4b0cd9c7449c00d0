import { bundleFunctions } from '../infra/bundle.ts';

/** Builds the functions' bundles before any test: on a fresh checkout every process that needs them would do so at the same time. */
export const setup = (): void => {
  bundleFunctions();
};
