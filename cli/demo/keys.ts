/** What a key does, by its letter. */
export type KeyActions = Readonly<Record<string, () => void>>;

/** A terminal's input, as far as keys need it. */
export type KeyInput = Pick<NodeJS.ReadStream, 'setRawMode' | 'resume' | 'pause' | 'on' | 'off'>;

const CTRL_C = '\u0003';

/**
 * Listens for single keys; Ctrl-C, which a terminal in this mode does not turn into a signal, is as `q`. The returned
 * function gives the terminal back.
 */
export const listenForKeys = (input: KeyInput, actions: KeyActions): (() => void) => {
  const heard = (chunk: Buffer | string): void => {
    for (const key of String(chunk)) actions[key === CTRL_C ? 'q' : key.toLowerCase()]?.();
  };
  input.setRawMode(true);
  input.resume();
  input.on('data', heard);
  return () => {
    input.off('data', heard);
    input.setRawMode(false);
    input.pause();
  };
};
