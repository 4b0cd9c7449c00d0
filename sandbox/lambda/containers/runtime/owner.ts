import { AsyncLocalStorage } from 'node:async_hooks';
import type { Container } from './container.ts';

/** Whose code runs now, through promises, timers and events: every request and every uncaught error has its container. */
export const owner = new AsyncLocalStorage<Container>();
