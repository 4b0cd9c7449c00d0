import { BadInput } from './exit.ts';

/** Image tags: the reference grammar of the OCI distribution specification. */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** An image tag as an option says it. Throws BadInput for what can't be one. */
export const imageTag = (option: string, text: string): string => {
  if (TAG.test(text)) return text;
  throw new BadInput([
    `${option}: must be an image tag (letters, digits, _ . -, up to 128), such as 6.0.0, got "${text}"`,
  ]);
};
