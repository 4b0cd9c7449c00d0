import { createHash, randomBytes } from 'node:crypto';

/** Hexadecimal digits that name one invocation, in both places where AWS shows them. */
export interface InvocationIds {
  readonly requestId: string;
  /** The `X-Amzn-Trace-Id` header's value. */
  readonly traceId: string;
}

const uuidOf = (hex: string): string =>
  hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');

/**
 * The ids of an invocation: random, or, with a seed, decided by it.
 * @param now epoch milliseconds; a trace id begins with the second of its start (X-Ray developer guide, "Trace ID format")
 */
export const invocationIds = (now: number, seed: string | undefined): InvocationIds => {
  const hex = (seed === undefined ? randomBytes(32) : createHash('sha256').update(seed).digest()).toString(
    'hex',
  );
  const second = Math.floor(now / 1000).toString(16);
  return {
    requestId: uuidOf(hex),
    traceId: `Root=1-${second}-${hex.slice(32, 56)};Parent=${hex.slice(0, 16)};Sampled=1`,
  };
};
