import { FUNCTIONS } from '../../../infra/functions.ts';
import { nearest } from '../../../lambdas/core/spec/nearest.ts';
import type { RolloutSpec } from '../../../lambdas/core/spec/schema.ts';
import type { ReadableParts } from './readable-parts.ts';

const unknown = (path: string, what: string, got: string, known: readonly string[]): string => {
  const meant = nearest(got, known);
  const fix = meant === undefined ? `known: ${known.join(', ')}` : `did you mean ${meant}?`;
  return `${path}: no such ${what}, got "${got}"; ${fix}`;
};

/** Versions that a timeline changes must be described, be released by it, or be the one that runs. */
const versions = ({ timeline, versions: described, running }: ReadableParts): string[] => {
  const released = timeline.flatMap(({ push, start, template }) => push ?? start ?? template ?? []);
  const known = [...new Set([...described, running, ...released])];
  const named = timeline.flatMap(({ incident, behave }, index) => [
    ...(incident?.versions ?? []).map(
      (version) => [`timeline[${index}].incident.versions`, version] as const,
    ),
    ...Object.keys(behave ?? {}).map((version) => [`timeline[${index}].behave`, version] as const),
  ]);
  return named
    .filter(([, version]) => !known.includes(version))
    .map(([path, version]) => unknown(path, 'version', version, known));
};

const FUNCTION_NAMES = FUNCTIONS.map(({ name }) => name);

const functions = ({ timeline }: ReadableParts): string[] =>
  timeline.flatMap(({ crash }, index) =>
    crash === undefined || FUNCTION_NAMES.includes(crash)
      ? []
      : [unknown(`timeline[${index}].crash`, 'function', crash, FUNCTION_NAMES)],
  );

const services = ({ timeline }: ReadableParts, { service, target }: RolloutSpec): string[] =>
  timeline.flatMap((entry, index) =>
    entry.service === undefined || [service, `${service}@${target}`].includes(entry.service)
      ? []
      : [unknown(`timeline[${index}].service`, 'service', entry.service, [service])],
  );

const hooks = ({ timeline }: ReadableParts, spec: RolloutSpec): string[] => {
  const known = spec.hooks.map(({ name }) => name);
  return timeline.flatMap(({ hook }, index) => {
    // A spec without any hook calls none: a timeline that is shared by several specs may still say how one would answer.
    if (hook === undefined || known.length === 0 || known.includes(hook.name)) return [];
    return [unknown(`timeline[${index}].hook.name`, 'hook', hook.name, known)];
  });
};

/** Names in a timeline that stand for nothing, one line each: versions, functions, and, with the spec, services and hooks. */
export const unknownNames = (scenario: ReadableParts, spec: RolloutSpec | undefined): string[] => [
  ...versions(scenario),
  ...functions(scenario),
  ...(spec === undefined ? [] : [...services(scenario, spec), ...hooks(scenario, spec)]),
];
