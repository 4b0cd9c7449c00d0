import { expect, test } from 'vitest';
import { reportPage } from '../../../../sandbox/rehearsal/report/page.ts';
import { definition, reported } from './data.ts';

/** The text of a page, without its marks and style. */
const textOf = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

test('the verdict is the first sentence of a run, before its numbers', () => {
  const text = textOf(reportPage([reported()], definition));
  const verdict =
    '6.0.1 was rolled back after 3:00: request-success-rate: 60 % of 100 canary requests succeeded.';
  expect(text.indexOf(verdict)).toBeGreaterThan(0);
  expect(text.indexOf(verdict)).toBeLessThan(text.indexOf('Requests'));
});

test('a page is whole in itself: no script, and nothing that a browser would fetch', () => {
  const page = reportPage([reported(), reported()], definition);
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\((?!#)/i);
  expect([...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, to]) => to?.[0])).toEqual(['#', '#']);
  expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'");
});

test('what a scenario says cannot become part of the page', () => {
  const evil = '"><script>alert(1)</script>&';
  const page = reportPage([reported({ file: evil, unmet: [evil], service: evil })], definition);
  expect(page).not.toContain('<script>');
  expect(page).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;');
});

test('several rehearsals have an index with how each came out, also those that could not be run', () => {
  const page = reportPage(
    [
      reported(),
      reported({ asAsked: false, unmet: ['a promotion was expected'] }),
      { file: 'b.yaml', broken: 'its process ended by SIGKILL' },
    ],
    definition,
  );
  const text = textOf(page);
  expect(text).toContain('1 of 3 rehearsals ended as asked');
  expect(text).toContain('not as asked');
  expect(text).toContain('its process ended by SIGKILL');
  for (const [, id = ''] of page.matchAll(/href="#([^"]*)"/g)) expect(page).toContain(`id="${id}"`);
});

test('every picture has words for those who do not see it, and every table has headers', () => {
  const page = reportPage([reported()], definition);
  const pictures = [...page.matchAll(/<svg[^>]*>/g)].map(([tag]) => tag);
  expect(pictures.length).toBe(5);
  for (const picture of pictures) expect(picture).toMatch(/aria-label="[^"]{10,}"|aria-hidden="true"/);
  const tables = page.split('<table>').slice(1);
  expect(tables.length).toBe(4);
  for (const table of tables)
    expect(table).toMatch(/^<caption>[^<]+<\/caption>\s*<thead><tr><th scope="col">/);
});

test('a verdict stands beside its counts, rates and sentence', () => {
  const text = textOf(reportPage([reported()], definition));
  expect(text).toContain(
    '2:00 5 % roll back 40 of 100 failed 40.0 % no data 1 of 100 above 500 ms rolling back',
  );
  expect(text).toContain('request-success-rate: at least 99 %; request-duration: at most 500 ms at P99');
});

test('a release that started nothing has its reason, and no charts', () => {
  const [one] = reported().rollouts;
  if (one === undefined) throw new Error('the data has a rollout');
  const skipped = {
    ...one.rollout,
    outcome: 'skipped' as const,
    execution: null,
    reason: 'the primary runs it already',
  };
  const data = reported();
  const page = reportPage(
    [
      {
        ...data,
        result: { ...data.result, rollouts: [skipped] },
        rollouts: [{ rollout: skipped, visits: [], verdicts: [] }],
      },
    ],
    definition,
  );
  expect(textOf(page)).toContain('6.0.1 was not released: the primary runs it already.');
  expect(page).not.toContain('<figure');
});
