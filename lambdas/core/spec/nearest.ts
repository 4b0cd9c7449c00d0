/** Levenshtein's distance: insertions, deletions and substitutions from one word to the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** The known word that a mistyped one was most likely meant to be; undefined when none is near (over half its letters differ, or more than `most`). */
export const nearest = (
  word: string,
  known: readonly string[],
  most = Number.POSITIVE_INFINITY,
): string | undefined =>
  known
    .map((candidate) => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.min(most, Math.max(word.length, candidate.length) / 2))
    .sort((a, b) => a.far - b.far)[0]?.candidate;
