/**
 * Virtual time inside a function's process. Timers cost no real time: when nothing can go on by itself (no request under
 * way, no pending work of the system, no promise left), the next timer fires, after the host has moved the sandbox's
 * clock to it. A request whose server answered `102 Processing` is parked by a fault, and counts as not under way: so a
 * client's own time-out, or the function's, ends it in virtual time.
 */
import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import fakeTimers from '@sinonjs/fake-timers';
import { seedRandomness } from './seeded-randomness.mjs';

/** Turns of the event loop without news before a timer may fire: streams and promises need a few to hand on. */
const QUIET_TURNS = 4;
const PARKED = 102;
/** The system's work that a function can wait for beside requests, by the names of `process.getActiveResourcesInfo`. */
const SYSTEM_WORK =
  /^(FS|GetAddr|GetNameInfo|QueryReq|Zlib|ZLIB|Hash|Sign|Verify|Pbkdf|PBKDF|Scrypt|Key|Cipher|Random)/;

const turnLater = setImmediate;
const clock = fakeTimers.install({
  now: 0,
  // The AWS clients clear timers that they never set.
  shouldClearNativeTimers: true,
  toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance', 'hrtime'],
});

const underWay = new Set();
const answers = new Map();
let active = false;
let waiting = false;
let quiet = 0;

/** Asks the host over IPC; it answers when the sandbox's clock has moved. */
const askHost = (message) =>
  new Promise((resolve) => {
    answers.set(message.id, resolve);
    process.send(message);
  });
process.on('message', ({ id }) => {
  answers.get(id)?.();
  answers.delete(id);
});

const nextTimer = () => {
  let at = Number.POSITIVE_INFINITY;
  for (const { callAt } of clock.timers?.values() ?? []) at = Math.min(at, callAt);
  return at;
};

let asked = 0;
const fireNext = async () => {
  const at = nextTimer();
  // Nothing will ever happen again: the host ends the invocation at its deadline.
  if (at === Number.POSITIVE_INFINITY) return askHost({ id: ++asked, stuck: true });
  if (at > clock.now) await askHost({ id: ++asked, moveTo: at });
  if (active) clock.next();
  return undefined;
};

const turn = async () => {
  waiting = false;
  if (!active || underWay.size > 0) return;
  quiet = process.getActiveResourcesInfo().some((name) => SYSTEM_WORK.test(name)) ? 0 : quiet + 1;
  if (quiet < QUIET_TURNS) return wake();
  quiet = 0;
  await fireNext();
  return wake();
};

const wake = () => {
  if (waiting || !active) return;
  waiting = true;
  turnLater(turn);
};

const started = (request) => {
  quiet = 0;
  underWay.add(request);
};
const ended = (request) => {
  quiet = 0;
  if (underWay.delete(request)) wake();
};

subscribe('http.client.request.created', ({ request }) => {
  if (!active) return;
  started(request);
  request.on('information', ({ statusCode }) => statusCode === PARKED && ended(request));
  request.once('close', () => ended(request));
  if (request.timeout === undefined) return;
  const milliseconds = request.timeout;
  // Node's own time-out would run in real time.
  request.timeout = undefined;
  request.setTimeout(milliseconds);
});
// The global fetch does not use node:http; it reports its requests by itself.
subscribe('undici:request:create', ({ request }) => active && started(request));
subscribe('undici:request:headers', ({ request, response }) => {
  if (response.statusCode === PARKED) ended(request);
});
subscribe('undici:request:trailers', ({ request }) => ended(request));
subscribe('undici:request:error', ({ request }) => ended(request));

// Node's own time-outs of sockets and signals run on timers that cannot be replaced.
ClientRequest.prototype.setTimeout = function setVirtualTimeout(milliseconds, listener) {
  if (listener !== undefined) this.once('timeout', listener);
  clearTimeout(this.virtualTimeout);
  if (milliseconds > 0) {
    this.virtualTimeout = setTimeout(() => this.emit('timeout'), milliseconds);
    this.once('close', () => clearTimeout(this.virtualTimeout));
  }
  return this;
};
AbortSignal.timeout = (milliseconds) => {
  const controller = new AbortController();
  setTimeout(
    () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
    milliseconds,
  );
  return controller.signal;
};
syncBuiltinESMExports();

/** An invocation begins at `now` (epoch milliseconds) of the sandbox's time; `seed` decides its random values. */
export const enter = (now, seed) => {
  clock.setSystemTime(now);
  seedRandomness(seed);
  active = true;
  quiet = 0;
  wake();
};

/** The invocation has ended: as on Lambda, the process is frozen until the next one. */
export const leave = () => {
  active = false;
  underWay.clear();
};

// The bundle itself is loaded at the time of the deployment, and may wait for timers too.
enter(Number(process.env.SANDBOX_NOW), process.env.SANDBOX_SEED);
delete process.env.SANDBOX_NOW;
delete process.env.SANDBOX_SEED;
