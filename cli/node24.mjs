#!/usr/bin/env node
/**
 * Runs a program on Node 24, Lambda's own major: `node cli/node24.mjs FILE [ARG…]`.
 * Node 24 comes as an optional npm package per platform; elsewhere the host's Node must be 24 or newer.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED_MAJOR = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The path of a Node of at least the needed major, or undefined where there is none. */
export const findNode = () => {
  if (Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR) return process.execPath;
  const bundled = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  return existsSync(bundled) ? bundled : undefined;
};

/** How often it is looked whether npm is still there. */
const LOOK_EVERY_MS = 500;

/** npm and npx put a shell between themselves and this process, which passes no signal on: when it ends, so does the child. */
const endWithNpm = (child) => {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    child.kill('SIGTERM');
  }, LOOK_EVERY_MS);
  looking.unref();
};

/** Runs `file` with `args` on Node 24 and ends as it ended; signals reach it. */
export const runOnNode24 = (file, args) => {
  const node = findNode();
  if (node === undefined) {
    process.stderr.write(
      `stepcanary needs Node ${NEEDED_MAJOR} or newer: this is ${process.version} on ${process.platform}-${process.arch}, ` +
        'for which npm has no Node package; install Node 24 and run the command again\n',
    );
    process.exitCode = 2;
    return;
  }
  const child = spawn(node, [file, ...args], { stdio: 'inherit' });
  endWithNpm(child);
  // The terminal sends Ctrl-C to the whole group: the child ends by its own handler, this process waits for it.
  const forward = (signal) => () =>
    signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [file, ...args] = process.argv.slice(2);
  runOnNode24(file, args);
}
