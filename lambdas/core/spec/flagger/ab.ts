import { mergedMatch } from '../match.ts';
import type { RequestMatch } from '../match-schema.ts';
import type { Findings } from './findings.ts';

/** What Flagger's header conditions can be (fluxcd/flagger 1.44, pkg/apis/istio/v1beta1, StringMatch); App Mesh has all four. */
const CONDITIONS = ['exact', 'prefix', 'suffix', 'regex'] as const;

type Block = Readonly<Record<string, unknown>>;
const isBlock = (value: unknown): value is Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const headersOf = (headers: unknown, path: string, findings: Findings): RequestMatch['headers'] => {
  if (!isBlock(headers) || Object.keys(headers).length === 0) {
    findings.problem(path, 'must name at least one header', headers, 'such as x-canary: { exact: insider }');
    return {};
  }
  for (const [name, condition] of Object.entries(headers)) {
    const keys = isBlock(condition) ? Object.keys(condition) : [];
    const known = CONDITIONS.filter((key) => isBlock(condition) && typeof condition[key] === 'string');
    if (keys.length === 1 && known.length === 1) continue;
    const fix = `write one of ${CONDITIONS.join(', ')} with a text`;
    findings.problem(`${path}.${name}`, 'must be one condition', condition, fix);
  }
  return headers as RequestMatch['headers'];
};

const entryOf = (entry: unknown, path: string, findings: Findings): RequestMatch => {
  const { headers, ...others } = isBlock(entry) ? entry : {};
  for (const [key, value] of Object.entries(others))
    findings.problem(
      `${path}.${key}`,
      'asks for more than headers, and A/B here matches headers only',
      value,
      'leave it out, or name these users by a header',
    );
  return { headers: headersOf(headers, `${path}.headers`, findings) };
};

/** `strategy.ab` of `analysis.match` and `iterations`. Any entry is enough, as Flagger's documentation has it. */
export const abStrategy = (
  { match, iterations }: { readonly match: unknown; readonly iterations: number },
  path: string,
  findings: Findings,
): { iterations: number; match: RequestMatch[] } => {
  if (!Number.isInteger(iterations) || iterations > 1000)
    findings.problem(`${path}.iterations`, 'must be a whole number of 1 to 1000', iterations, 'such as 10');
  const entries = Array.isArray(match) ? match : [];
  if (entries.length > 1)
    findings.note(
      `${path}.match`,
      'any of its entries is enough, as elsewhere in Flagger; on App Mesh Flagger wants the headers of all of them together (write them into one entry for that)',
    );
  const before = findings.problems.length;
  const read = entries.map((entry, index) => entryOf(entry, `${path}.match[${index}]`, findings));
  if (findings.problems.length === before && mergedMatch(read) === undefined)
    findings.problem(
      `${path}.match`,
      'has entries that differ in more than one header, and one route cannot say "or" of these',
      match,
      'write headers that must all match into one entry, or keep one of them',
    );
  return { iterations, match: read };
};
