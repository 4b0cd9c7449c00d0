import { createHash } from 'node:crypto';
import jsonata from 'jsonata';

/** Time and chance as the sandbox has them. */
export interface Surroundings {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

const formatTime = ['$fromMillis(m)', '$fromMillis(m, p)', '$fromMillis(m, p, z)'].map((text) =>
  jsonata(text),
);

const hashes: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

const refuse = (code: string, message: string): never => {
  throw Object.assign(new Error(message), { code });
};

/** Numbers from start to end in equal steps; undefined, as in AWS, where the step can't get there. */
const range = (start: number, end: number, step: number) => {
  const [from, to, by] = [Math.trunc(start), Math.trunc(end), Math.trunc(step ?? 0)];
  if (!by || (to - from) * by < 0) return undefined;
  const length = Math.floor((to - from) / by) + 1;
  // The longest range that AWS builds.
  if (length > 360_145) return refuse('D2014', 'Expression evaluation memory limit exceeded');
  const values = Array.from({ length }, (_, index) => from + index * by);
  return values.length === 1 ? values[0] : values;
};

const partition = (values: unknown, size: number) => {
  const list = Array.isArray(values) ? values : [values];
  const chunk = Math.trunc(size);
  if (list.length === 0 || !(chunk > 0)) return undefined;
  return Array.from({ length: Math.ceil(list.length / chunk) }, (_, at) =>
    list.slice(at * chunk, (at + 1) * chunk),
  );
};

const hash = (text: string, algorithm: string | undefined) => {
  if (algorithm === undefined) return undefined;
  const name = hashes[algorithm] ?? refuse('T0410', `Unsupported hash algorithm: ${algorithm}`);
  return createHash(name).update(text).digest('hex');
};

/** Mulberry32, for `$random(seed)`: AWS promises the same number for the same seed, not which. */
const seeded = (seed: number) => {
  let mixed = (Math.trunc(seed) + 0x6d2b79f5) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

/** A version 4 UUID (RFC 9562) from the sandbox's own chance. */
export const uuid = (random: () => number): string =>
  'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replaceAll(/[xy]/g, (letter) => {
    const digit = Math.floor(random() * 16);
    return (letter === 'x' ? digit : (digit & 3) | 8).toString(16);
  });

/** The functions that Step Functions adds to JSONata, those that it takes away, and time on the sandbox's clock. */
export const awsFunctions = ({ now, random }: Surroundings): Readonly<Record<string, unknown>> => ({
  partition,
  range,
  hash,
  random: (seed?: number) => (seed === undefined ? random() : seeded(seed)),
  uuid: () => uuid(random),
  parse: (text: string) => JSON.parse(text) as unknown,
  millis: () => now(),
  now: (picture?: string, timezone?: string) => {
    const given = timezone === undefined ? (picture === undefined ? 0 : 1) : 2;
    return formatTime[given]?.evaluate({ m: now(), p: picture, z: timezone });
  },
  eval: undefined,
});

/** Names of the functions that Step Functions adds to JSONata's own. */
export const addedFunctions = ['partition', 'range', 'hash', 'random', 'uuid', 'parse'] as const;
