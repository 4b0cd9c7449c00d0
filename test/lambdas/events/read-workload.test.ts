import { expect, test } from 'vitest';
import { CanaryError, ErrorName } from '../../../lambdas/core/errors.ts';
import { patiently } from '../../../lambdas/events/read-workload.ts';

const away = new CanaryError(ErrorName.Transient, 'could not reach the API server');

/** Answers with each of these in turn, and how often it was asked and how long was waited. */
const reading = (...answers: readonly (Error | string)[]) => {
  const left = [...answers];
  const pauses: number[] = [];
  const read = async () => {
    const answer = left.shift() ?? 'nothing left';
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const pause = async (ms: number) => pauses.push(ms);
  return { pauses, answer: patiently(read, pause) };
};

test('a cluster that is away for two calls is asked again: the push is not lost', async () => {
  const { answer, pauses } = reading(away, away, 'found');
  expect(await answer).toBe('found');
  expect(pauses).toEqual([1000, 4000]);
});

test('a cluster that stays away is an error, in time for the caller to hear of it', async () => {
  const { answer, pauses } = reading(away, away, away, 'too late');
  await expect(answer).rejects.toBe(away);
  expect(pauses).toEqual([1000, 4000]);
});

test('what the cluster refuses is not asked again', async () => {
  const refused = new CanaryError(ErrorName.AccessDenied, 'no');
  const { answer, pauses } = reading(refused, 'found');
  await expect(answer).rejects.toBe(refused);
  expect(pauses).toEqual([]);
});
