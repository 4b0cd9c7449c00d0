/** Between what is released and the configuration that it is released with. */
const CONFIG = '+config:';

/** The name of a release whose configuration is part of what was asked for. */
export const withConfig = (revision: string, config: string | undefined): string =>
  config === undefined ? revision : `${revision}${CONFIG}${config}`;

/**
 * Whether a revision that is known is the one that is asked for. A push names an image alone: it asks for nothing new where that
 * image was released, whatever it was configured with.
 */
export const isKnown = (known: string | undefined, asked: string): boolean =>
  known === asked || known?.startsWith(`${asked}${CONFIG}`) === true;
