/** Replaces the process's sources of randomness by one seeded stream: SHA-256 of the seed and a counter. */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const { createHash, webcrypto } = crypto;
let seed = '';
let counter = 0;
let left = Buffer.alloc(0);

const take = (count) => {
  while (left.length < count) {
    left = Buffer.concat([left, createHash('sha256').update(`${seed}:${counter++}`).digest()]);
  }
  const bytes = Buffer.from(left.subarray(0, count));
  left = left.subarray(count);
  return bytes;
};

/** Starts the stream anew: the same seed gives the same values. */
export const seedRandomness = (text) => {
  seed = text;
  counter = 0;
  left = Buffer.alloc(0);
};

/** A number in [0, 1) of 48 random bits. */
const random = () => take(6).readUIntBE(0, 6) / 2 ** 48;

const randomUUID = () => {
  const bytes = take(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

const fill = (view) => {
  const bytes = new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);
  bytes.set(take(bytes.length));
  return view;
};

const answering = (value, callback) => {
  if (callback === undefined) return value;
  process.nextTick(callback, null, value);
  return undefined;
};

const randomInt = (low, high, callback) => {
  if (high === undefined || typeof high === 'function') return randomInt(0, low, high);
  return answering(low + Math.floor(random() * (high - low)), callback);
};

const randomFillSync = (buffer, offset = 0, size = buffer.byteLength - offset) => {
  fill(new Uint8Array(buffer.buffer ?? buffer, (buffer.byteOffset ?? 0) + offset, size));
  return buffer;
};

Math.random = random;
const replace = (target, replacements) => {
  for (const [name, value] of Object.entries(replacements)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: true });
  }
};
// `crypto.getRandomValues` and the global `crypto` read theirs from here.
replace(webcrypto, { randomUUID, getRandomValues: fill });
replace(crypto, {
  randomUUID,
  randomInt,
  randomFillSync,
  randomBytes: (size, callback) => answering(take(size), callback),
  randomFill: (buffer, callback) => answering(fill(buffer), callback),
});
syncBuiltinESMExports();
