const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const PATTERN = /^(?:\d+(?:\.\d+)?[smhd])+$/;

/** Seconds of a duration such as `90s`, `1m30s`, `24h`, `1d`; undefined when it is none. */
export const parseDuration = (text: string): number | undefined => {
  if (!PATTERN.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)) {
    seconds += Number(amount) * SECONDS[unit as keyof typeof SECONDS];
  }
  return seconds;
};

/** `90` as `1m30s`: the shortest way to write a duration. */
export const formatDuration = (seconds: number): string => {
  let rest = Math.round(seconds);
  let text = '';
  for (const [unit, size] of [
    ['d', SECONDS.d],
    ['h', SECONDS.h],
    ['m', SECONDS.m],
  ] as const) {
    if (rest >= size) text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return rest > 0 || text === '' ? `${text}${rest}s` : text;
};
