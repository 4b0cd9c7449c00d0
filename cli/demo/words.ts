/** Seconds as `3:07`. */
export const minutes = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};

/** Longer names of states move their sentence to the right. */
const STATE_WIDTH = 28;

/** What stands before a state's sentence, in columns: `  0:47  Judge canary                  `. */
export const stepStart = ({ at, state }: { readonly at: number; readonly state: string }): string =>
  `${minutes(at).padStart(6)}  ${state.padEnd(STATE_WIDTH)}  `;

/**
 * A split as a bar of `width` characters, the canary's share at its right end. A share above 0 has at least one, and
 * one below 100 leaves at least one.
 */
export const bar = (canaryPercent: number, width: number, [primary, canary] = ['█', '░']): string => {
  const wanted = Math.round((canaryPercent * width) / 100);
  const least = canaryPercent > 0 ? 1 : 0;
  const most = canaryPercent < 100 ? width - 1 : width;
  const cells = Math.min(Math.max(wanted, least), most);
  return (primary ?? '').repeat(width - cells) + (canary ?? '').repeat(cells);
};

const broken = (word: string, width: number): string[] => {
  const parts: string[] = [];
  for (let at = 0; at < word.length; at += width) parts.push(word.slice(at, at + width));
  return parts;
};

/** Text in lines of at most `width` characters, broken at spaces; a longer word is cut. Never empty. */
export const wrap = (text: string, width: number): string[] => {
  const room = Math.max(1, width);
  const lines = [''];
  for (const word of text.split(' ').flatMap((one) => (one.length > room ? broken(one, room) : [one]))) {
    const last = lines.at(-1) ?? '';
    const joined = last === '' ? word : `${last} ${word}`;
    if (joined.length <= room) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
};

/** A first part and a text beside it, whose further lines stand below its first. */
export const hanging = (first: string, text: string, width: number): string[] =>
  wrap(text, width - first.length).map((line, index) =>
    `${index === 0 ? first : ' '.repeat(first.length)}${line}`.trimEnd(),
  );

/** Cut to `width` characters, the last one an ellipsis where something was cut. */
export const fitted = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
