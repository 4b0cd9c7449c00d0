const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600 } as const;
const PATTERN = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;

/** Seconds of a Go duration such as `1m30s` or `500ms`, as Flagger reads it; undefined when it is none. */
export const goSeconds = (text: string): number | undefined => {
  if (!PATTERN.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    seconds += Number(amount) * UNITS[unit as keyof typeof UNITS];
  return seconds;
};
