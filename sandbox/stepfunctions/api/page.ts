import { pageOf } from '../../aws/services/paging.ts';

/** Items in a page where the caller names no number, or 0 (Step Functions API, `maxResults`). */
export const usualPage = 100;

/** What every List operation is asked with. */
export interface Paging {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/** One page and, where more follows, its token. @throws AwsError InvalidToken */
export const page = <T>(all: readonly T[], { maxResults, nextToken }: Paging) => {
  const { items, next } = pageOf(all, {
    size: maxResults || usualPage,
    token: nextToken,
    invalid: 'InvalidToken',
  });
  return { items, rest: next === undefined ? {} : { nextToken: next } };
};
