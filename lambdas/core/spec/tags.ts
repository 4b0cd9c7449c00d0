import * as z from 'zod';

/**
 * An image tag with `*` for any characters, as an EventBridge `wildcard` filter can say it: no `**`, no `?`, no `[…]`.
 * Tags have letters, digits, `_`, `.`, `-` and up to 128 characters (the image reference grammar).
 */
export const tagPattern = () =>
  z
    .string()
    .regex(
      /^[A-Za-z0-9_.*-]{1,128}$/,
      'EventBridge can only match letters, digits, _ . - and *: write it with *, such as "6.*"',
    )
    .refine((pattern) => !pattern.includes('**'), 'EventBridge refuses two * in a row: write one');

/** Whether an image's tag is among those that start a rollout. */
export const matchesTag = (tag: string, patterns: readonly string[]): boolean =>
  patterns.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`).test(tag);
  });
