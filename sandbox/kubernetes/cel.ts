import { isDeepStrictEqual } from 'node:util';
import { Environment, type Optional } from '@marcbachmann/cel-js';
import type { Cel } from './access/admission-policies.ts';

/**
 * Kubernetes' dialect of CEL, as far as admission policies compare one object with another: variables without declared
 * types, optional fields, lists of mixed types (Kubernetes documentation, "Common Expression Language in Kubernetes").
 */
const environment = new Environment({
  unlistedVariablesAreDyn: true,
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
}).registerOperator(
  'optional == optional',
  (a: Optional, b: Optional) =>
    a.hasValue() === b.hasValue() && (!a.hasValue() || isDeepStrictEqual(a.value(), b.value())),
);

/** Evaluates an expression of an admission policy. Throws what CEL calls a parse or an evaluation error. */
export const cel: Cel = (expression, variables) => environment.evaluate(expression, variables);
