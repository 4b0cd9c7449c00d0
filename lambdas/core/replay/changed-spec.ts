/** A recorded spec with other settings of its analysis: `threshold=3`, `alpha=0.05`, `metrics.0.min=99.5`. */
import type { JudgeName } from '../spec/analysis.ts';
import { type Parsed, parseSpec } from '../spec/parse.ts';
import type { RolloutSpec } from '../spec/schema.ts';
import { sequential } from '../spec/sequential.ts';

type Block = Record<string, unknown>;

/** Numbers and truth values as such, all else as text. */
const written = (text: string): unknown => {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
};

/** Settings of the sequential judge need no prefix. */
const pathOf = (key: string): string[] => {
  const path = key.replace(/^analysis\./, '').split('.');
  return path[0] !== undefined && path[0] in sequential.shape ? ['sequential', ...path] : path;
};

const withValue = (value: unknown, [key, ...rest]: readonly string[], set: unknown): unknown => {
  if (key === undefined) return set;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === key ? withValue(item, rest, set) : item));
  const block = (value ?? {}) as Block;
  return { ...block, [key]: withValue(block[key], rest, set) };
};

/** What Flagger's own examples set, where a spec has none and the threshold judge is to be tried on it. */
const USUAL_THRESHOLD = 5;

const judgedBy = (analysis: RolloutSpec['analysis'], judge: JudgeName | undefined): Block => {
  if (judge === undefined) return analysis;
  const { advisory, threshold, ...rest } = analysis;
  return {
    ...rest,
    judge,
    ...(advisory !== undefined && advisory !== judge && { advisory }),
    ...(threshold !== undefined ? { threshold } : judge === 'threshold' && { threshold: USUAL_THRESHOLD }),
  };
};

/** Every problem is told as of a spec file. A setting without `=` is one. */
export const changedSpec = (
  spec: RolloutSpec,
  change: { readonly judge?: JudgeName | undefined; readonly set?: readonly string[] | undefined },
): Parsed<RolloutSpec> => {
  let analysis: unknown = judgedBy(spec.analysis, change.judge);
  const problems: string[] = [];
  for (const setting of change.set ?? []) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (key === undefined || value === undefined)
      problems.push(`--set: must be key=value, such as alpha=0.05, got "${setting}"`);
    else analysis = withValue(analysis, pathOf(key), written(value));
  }
  return problems.length > 0 ? { ok: false, problems } : parseSpec({ ...spec, analysis });
};
