import { describe, expect, test } from 'vitest';
import { parseSpec } from '../../../../lambdas/core/spec/parse.ts';
import { sourceTiming } from '../../../../lambdas/core/spec/source.ts';
import { writtenSpec } from '../../../fakes/rollouts.ts';

const RATE = { name: 'request-success-rate', min: 99 };
const parsed = (analysis: object) => {
  const written = writtenSpec();
  return parseSpec({ ...written, analysis: { ...written.analysis, ...analysis } });
};
const problemsOf = (analysis: object): readonly string[] => {
  const found = parsed(analysis);
  return found.ok ? [] : found.problems;
};
const numberProblems = (number: object) => problemsOf({ metrics: [RATE, number] });
const DEPTH = { name: 'queue-depth', query: 'queue_depth', max: 100 };
const PROMETHEUS = { url: 'https://prometheus.example.com' };

describe('a plain number of a spec', () => {
  test('waits for the latest of all sources, and keeps the analysis’ period', () => {
    const found = parsed({
      metrics: [RATE, { ...DEPTH, source: { prometheus: { ...PROMETHEUS, delay: '4m' } } }],
    });
    expect(found.ok && sourceTiming(found.value.analysis)).toEqual({ period: 60, delay: 240 });
  });

  test.each([
    [{ ...DEPTH, max: undefined }, 'analysis.metrics[1]: must have min or max, or both'],
    [{ ...DEPTH, min: 101 }, 'must have a min that is not above its max'],
    [{ ...DEPTH, query: 'x{pod=~"{{ deploymnt }}"}' }, 'did you mean {{deployment}}?'],
    [{ ...DEPTH, query: '{{ secret }}' }, 'there are {{target}}, {{deployment}}'],
    [{ ...DEPTH, name: 'request-succes-rate' }, 'did you mean request-success-rate?'],
    [{ ...DEPTH, rollBackAfter: 3 }, 'analysis.metrics[1].rollBackAfter: is for the sequential judge'],
    [{ ...DEPTH, percentile: 9 }, 'analysis.metrics[1].percentile'],
    [
      { ...DEPTH, query: { namespace: 'a', metric: 'b', stat: 'Sum' }, source: { prometheus: PROMETHEUS } },
      'analysis.metrics[1].query: must be PromQL',
    ],
    [
      { ...DEPTH, query: { namespace: 'a', metric: 'b', stat: 'Sum', period: 45 } },
      'must be 10s, 30s or whole minutes',
    ],
  ])('%j is refused: %s', (number, problem) => {
    const problems = numberProblems(number);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test('is refused at X-Ray, which answers no queries, and by the name of another', () => {
    const source = { xRay: {} };
    expect(problemsOf({ source, metrics: [RATE, DEPTH] })[0]).toContain(
      'X-Ray, which the analysis reads, takes no queries',
    );
    expect(problemsOf({ metrics: [RATE, DEPTH, DEPTH] })[0]).toContain(
      'analysis.metrics[2].name: must be its own, analysis.metrics[1] is called so too',
    );
  });

  test('by itself is nothing that sequential could compare', () => {
    expect(problemsOf({ judge: 'sequential', metrics: [DEPTH] })[0]).toContain(
      'or nothing is ever rolled back',
    );
  });
});

describe('the way into a Prometheus', () => {
  const serverProblems = (server: object) =>
    numberProblems({ ...DEPTH, source: { prometheus: { ...PROMETHEUS, ...server } } });

  test.each([
    [{ headers: { Authorization: 'Bearer abc' } }, 'must be secret:NAME'],
    [{ url: 'https://ana:pw@prometheus.example.com' }, 'must have no user and password'],
    [{ auth: { secret: 'a' }, headers: { Authorization: 'secret:b' } }, 'must not stand beside auth'],
    [{ url: undefined, workspace: 'ws-0a1b2c3d', auth: { secret: 'a' } }, 'must stand with url only'],
    [{ ca: 'x' }, 'must be certificates in PEM'],
    [
      { url: 'http://p.example.com', ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
      'must stand with an https url only',
    ],
  ])('%j is refused: %s', (server, problem) => {
    const problems = serverProblems(server);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });
});
