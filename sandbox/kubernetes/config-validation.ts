import { isDeepStrictEqual } from 'node:util';
import { asJson, isObject, type KubeObject } from './objects.ts';
import type { Problem } from './status.ts';

/** A megabyte (core/v1, MaxSecretSize; a ConfigMap's limit is the same). */
const MOST_BYTES = 1024 * 1024;
const KEY = /^[-._a-zA-Z0-9]+$/;
const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const PARTS = ['data', 'binaryData'] as const;

const invalidValue = (field: string, message: string): Problem => ({
  field,
  message,
  reason: 'FieldValueInvalid',
});

const entriesOf = (object: KubeObject, part: (typeof PARTS)[number]): readonly [string, unknown][] => {
  const value = asJson(object)[part];
  return isObject(value) ? Object.entries(value) : [];
};

const keyProblems = (object: KubeObject): readonly Problem[] =>
  PARTS.flatMap((part) =>
    entriesOf(object, part)
      .filter(([key]) => !KEY.test(key))
      .map(([key]) =>
        invalidValue(
          `${part}[${key}]`,
          `Invalid value: "${key}": a valid config key must consist of alphanumeric characters, '-', '_' or '.'`,
        ),
      ),
  );

/** Values that a client must send in base64: of a Secret all of them. */
const encodingProblems = (object: KubeObject): readonly Problem[] =>
  entriesOf(object, object.kind === 'Secret' ? 'data' : 'binaryData')
    .filter(([, value]) => !BASE64.test(String(value)))
    .map(([key]) => invalidValue(`data[${key}]`, 'Invalid value: illegal base64 data'));

const sizeProblems = (object: KubeObject): readonly Problem[] => {
  const bytes = PARTS.flatMap((part) => entriesOf(object, part)).reduce(
    (sum, [, value]) => sum + Buffer.byteLength(String(value)),
    0,
  );
  return bytes <= MOST_BYTES
    ? []
    : [invalidValue('data', `Too long: may not be more than ${MOST_BYTES} bytes`)];
};

const changeProblems = (object: KubeObject, previous: KubeObject | undefined): readonly Problem[] => {
  if (previous === undefined) return [];
  const [now, before] = [asJson(object), asJson(previous)];
  const frozen = before.immutable === true ? PARTS : [];
  return [
    ...frozen
      .filter((part) => !isDeepStrictEqual(now[part] ?? {}, before[part] ?? {}))
      .map((part) => invalidValue(part, 'Forbidden: field is immutable when `immutable` is set')),
    ...(before.immutable === true && now.immutable !== true
      ? [invalidValue('immutable', 'Forbidden: field is immutable when `immutable` is set')]
      : []),
    ...(now.type === before.type
      ? []
      : [invalidValue('type', `Invalid value: ${JSON.stringify(now.type)}: field is immutable`)]),
  ];
};

/** What the API server refuses of a ConfigMap or a Secret (Kubernetes 1.30, pkg/apis/core/validation). */
export const configProblems = (object: KubeObject, previous?: KubeObject): Problem[] => [
  ...keyProblems(object),
  ...encodingProblems(object),
  ...sizeProblems(object),
  ...changeProblems(object, previous),
];
