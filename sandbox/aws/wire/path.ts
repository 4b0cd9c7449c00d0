/** Where a REST operation is bound: `PUT /v20190125/meshes/{meshName}?scope=all`, taken apart. */
export interface PathPattern {
  readonly method: string;
  readonly segments: readonly Segment[];
  /** Query parameters that tell operations on the same path apart. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** The HTTP status of success. */
  readonly status: number;
}

type Segment = { readonly literal: string } | { readonly label: string; readonly greedy: boolean };

/** Reads the `http` trait of an operation. */
export function parsePattern(method: string, uri: string, status: number): PathPattern {
  const [path = '', search] = uri.split('?');
  const segments = path
    .split('/')
    .filter((part) => part !== '')
    .map((part): Segment => {
      const label = /^\{(.+?)(\+?)\}$/.exec(part);
      return label?.[1] === undefined ? { literal: part } : { label: label[1], greedy: label[2] === '+' };
    });
  return { method, segments, query: [...new URLSearchParams(search ?? '')], status };
}

/** The labels of `path` (raw, still percent-encoded) under `pattern`, or undefined when it does not match. */
export function matchPath(
  pattern: PathPattern,
  path: readonly string[],
  query: URLSearchParams,
): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  let at = 0;
  for (const [index, segment] of pattern.segments.entries()) {
    const part = path[at];
    if (part === undefined) return undefined;
    if ('literal' in segment) {
      if (segment.literal !== part) return undefined;
      at++;
      continue;
    }
    const left = pattern.segments.length - index - 1;
    const taken = segment.greedy ? path.length - at - left : 1;
    if (taken < 1) return undefined;
    labels[segment.label] = path
      .slice(at, at + taken)
      .map(decodeURIComponent)
      .join('/');
    at += taken;
  }
  if (at !== path.length) return undefined;
  return pattern.query.every(
    ([name, value]) => query.has(name) && (value === '' || query.get(name) === value),
  )
    ? labels
    : undefined;
}

/** How closely a pattern describes the paths that it matches: the closest one wins. */
export const closeness = (pattern: PathPattern): number =>
  pattern.query.length * 100 + pattern.segments.filter((segment) => 'literal' in segment).length;
