import { BRANCHES } from './branches.ts';
import type { Case } from './case.ts';
import { CHOICES, FAILURES, RETRIES } from './flow.ts';
import { FUNCTIONS } from './functions.ts';

/** What every machine of ours leans on, written by hand. */
export const cases: readonly Case[] = [...FUNCTIONS, ...CHOICES, ...FAILURES, ...RETRIES, ...BRANCHES];
