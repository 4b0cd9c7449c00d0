#!/usr/bin/env node
// Runs on whatever Node the host has, and starts the command line itself on Node 24.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOnNode24 } from './node24.mjs';

runOnNode24(join(dirname(fileURLToPath(import.meta.url)), 'main.ts'), process.argv.slice(2));
