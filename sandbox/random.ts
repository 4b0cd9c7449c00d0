/** FNV-1a over UTF-16 code units with one more xor-shift; three offsets give 96 bits of seed from a text. */
const hash = (text: string, offset: number): number => {
  let state = offset;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
    state ^= state >>> 15;
  }
  return state | 0;
};

/**
 * A seeded generator of uniform numbers in [0, 1) with 53 random bits: Doty-Humphrey's sfc32, which only adds, shifts and
 * xors 32-bit integers, so that every machine draws the same numbers.
 *
 * Streams don't disturb each other when each has a name of its own: `seededRandom(streamSeed(7, 'traffic', 'podinfo'))`.
 */
export const seededRandom = (seed: number | string): (() => number) => {
  const text = String(seed);
  let a = hash(text, 0x811c9dc5 | 0);
  let b = hash(text, 0x01234567);
  let c = hash(text, 0x2545f491);
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) next();
  return () => (next() * 0x200000 + (next() >>> 11)) / 0x20000000000000;
};

/** The seed of one named stream: drawing more from one never shifts another. */
export const streamSeed = (seed: number | string, ...names: string[]): string =>
  [String(seed), ...names].join('/');
