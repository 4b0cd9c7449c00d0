import { AwsError } from '../service.ts';

/** One page of a list and where the next one begins. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/**
 * Cuts a page out of a list; tokens are offsets in base64.
 * @throws AwsError `invalid` for a token that is not one of ours.
 */
export function pageOf<T>(
  all: readonly T[],
  { size, token, invalid }: { size: number; token: string | undefined; invalid: string },
): Page<T> {
  const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString('utf8'));
  if (!Number.isInteger(from) || from < 0) throw new AwsError(invalid, `The token ${token} is not valid.`);
  const to = from + size;
  return {
    items: all.slice(from, to),
    next: to < all.length ? Buffer.from(String(to)).toString('base64') : undefined,
  };
}
