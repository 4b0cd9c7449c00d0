/** One thing that was looked at. */
export interface Check {
  /** The part of the spec, as its problems name it: `router.appMesh`. */
  readonly path: string;
  /** What is as it should be, when it is. */
  readonly say: string;
  /** Each `path: what is wrong; the fix`. None: all is well. */
  readonly problems: readonly string[];
  /** Something that a rollout can live with. */
  readonly note?: string;
}

/** What a check looks at, by the start of its problems' paths. */
export interface Subject {
  readonly path: string;
  readonly say: string;
}

const isAbout = (path: string) => (problem: string) =>
  problem.startsWith(path) && /^[.:[\s]/.test(problem.slice(path.length));

/** Gives each problem to the first subject that it is about; what is about none gets a check of its own. */
export const sorted = (subjects: readonly Subject[], problems: readonly string[]): Check[] => {
  const left = new Set(problems);
  const checks = subjects.map(({ path, say }) => {
    const mine = [...left].filter(isAbout(path));
    for (const problem of mine) left.delete(problem);
    return { path, say, problems: mine };
  });
  const others = [...left].map((problem) => ({
    path: problem.split(':')[0] ?? '',
    say: '',
    problems: [problem],
  }));
  return [...checks, ...others];
};

const indented = (text: string): string => text.replaceAll('\n', '\n          ');

/** A line a check: `ok`, or `problem` with the fix. */
export const checkLines = (checks: readonly Check[]): string =>
  checks
    .flatMap(({ path, say, problems, note }) => [
      ...(problems.length > 0
        ? problems.map((problem) => `problem   ${indented(problem)}`)
        : [`ok        ${path}: ${say}`]),
      ...(note === undefined ? [] : [`note      ${path}: ${indented(note)}`]),
    ])
    .map((line) => `${line}\n`)
    .join('');
