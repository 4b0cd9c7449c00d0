const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal and npm may each pass on one and the same Ctrl-C. */
const SAME_MS = 500;
/** As shells report a command that Ctrl-C ended. */
const FORCED = 130;

/** Waits for a person's, or a machine's, wish to end. */
export interface Ending {
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** Stops listening: signals have their usual effect again. */
  release(): void;
}

/** Where signals come from, and what a second one does. */
export interface EndingOptions {
  readonly signals?: Pick<NodeJS.Process, 'on' | 'off'>;
  readonly force?: (exitCode: number) => void;
  readonly now?: () => number;
}

/** From now on the first signal asks for an orderly end, and a second one ends the process at once. */
export const listenForEnd = ({
  signals = process,
  force = (code) => process.exit(code),
  now = Date.now,
}: EndingOptions = {}): Ending => {
  const controller = new AbortController();
  let first: number | undefined;
  const heard = (): void => {
    if (first === undefined) {
      first = now();
      controller.abort();
    } else if (now() - first > SAME_MS) force(FORCED);
  };
  for (const name of SIGNALS) signals.on(name, heard);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) signals.off(name, heard);
    },
  };
};
