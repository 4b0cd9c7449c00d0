/**
 * Checks that relative links and their anchors resolve, in every Markdown file and in comments of code.
 * `npm test` runs it too; by itself: `node cli/node24.mjs scripts/check-links.ts`.
 */
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const MARKDOWN = ['*.md', 'docs/**/*.md', 'test/**/*.md'];
const CODE = ['{lambdas,infra,cli,sandbox,scripts,bench}/**/*.ts', 'test/**/*.ts'];
const FENCE = /^(```|~~~)[\s\S]*?^\1\s*$/gm;
const LINK = /!?\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;
/** A path of a document in a comment, as in "see docs/runbook.md#busy". */
const MENTION = /\b((?:docs|rollouts|scripts|statemachine)\/[\w./-]+\.(?:md|json|yaml|svg|ts|sh))(#[\w-]+)?/g;
/** `rollouts/NAME.yaml` stands for any. */
const PLACEHOLDER = /\/[A-Z]+\./;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;

/** The anchor that GitHub gives a heading: lower case, punctuation gone, spaces to dashes. */
export const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

/** The anchors of a Markdown text; a heading that comes again gets `-1`, `-2` … */
export const anchorsIn = (markdown: string): ReadonlySet<string> => {
  const anchors = new Set<string>();
  const seen = new Map<string, number>();
  for (const [, heading = ''] of markdown.replaceAll(FENCE, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const anchor = anchorOf(heading);
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
};

const isOutside = (target: string): boolean => /^[a-z][a-z+.-]*:/i.test(target);

/** Why a link from a file leads nowhere; undefined when it does. */
const broken = (root: string, file: string, target: string, from: string): string | undefined => {
  const [path = '', anchor] = target.split('#');
  const found = path === '' ? join(root, file) : resolve(from, decodeURIComponent(path));
  if (!existsSync(found)) return `${file}: ${target}: there is no ${relative(root, found)}`;
  if (anchor === undefined || anchor === '' || !found.endsWith('.md') || !statSync(found).isFile())
    return undefined;
  return anchorsIn(readFileSync(found, 'utf8')).has(anchor)
    ? undefined
    : `${file}: ${target}: there is no heading #${anchor}`;
};

const linksIn = (markdown: string): string[] =>
  [...markdown.replaceAll(FENCE, '').matchAll(LINK)].map(([, target = '']) => target);

const mentionsIn = (code: string): string[] =>
  [...code.matchAll(COMMENT)].flatMap(([comment]) =>
    [...comment.matchAll(MENTION)]
      .map(([, path = '', anchor = '']) => path + anchor)
      .filter((target) => !PLACEHOLDER.test(target)),
  );

/** Every link that leads nowhere, one line each. */
export const brokenLinks = (root: string): string[] => {
  const files = (globs: string[]) => globs.flatMap((glob) => globSync(glob, { cwd: root }));
  const inMarkdown = files(MARKDOWN).flatMap((file) => {
    const from = dirname(join(root, file));
    const links = linksIn(readFileSync(join(root, file), 'utf8')).filter((target) => !isOutside(target));
    return links.map((target) => broken(root, file, target, from));
  });
  const inCode = files(CODE).flatMap((file) =>
    mentionsIn(readFileSync(join(root, file), 'utf8')).map((target) => broken(root, file, target, root)),
  );
  return [...inMarkdown, ...inCode].filter((problem) => problem !== undefined);
};

if (import.meta.main) {
  const problems = brokenLinks(join(import.meta.dirname, '..'));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
