/** What became of a key of a Canary: taken over with a difference, or left out, and why. */
export interface Note {
  /** Dotted path in the Canary, such as `spec.service.retries`. */
  readonly path: string;
  readonly text: string;
}

/** A value as the person wrote it, short enough for one line. */
const written = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

/** Collects what is to be said of a Canary, so that all of it is said at once. */
export class Findings {
  readonly notes: Note[] = [];
  /** Each `path: what, got value; fix`. */
  readonly problems: string[] = [];

  note(path: string, text: string): void {
    this.notes.push({ path, text });
  }

  /** @param what what is wrong, as in `must not be set` */
  problem(path: string, what: string, value: unknown, fix: string): void {
    this.problems.push(`${path}: ${what}, got ${written(value)}; ${fix}`);
  }
}
