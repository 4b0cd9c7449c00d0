import { listenForKeys } from '../demo/keys.ts';
import { liveScreen } from '../demo/live-screen.ts';
import { plainScreen } from '../demo/plain-screen.ts';
import { Play, type Played } from '../demo/play.ts';
import type { Screen } from '../demo/screen.ts';
import { RELEASES } from '../demo/setting.ts';
import { Exit } from '../exit.ts';
import { type Ending, listenForEnd } from '../sandbox/until-ended.ts';

const isLive = (plain: boolean): boolean =>
  !plain && process.stdout.isTTY && !process.env.CI && process.env.TERM !== 'dumb';

/** As scripted; or where somebody changed the story by a key, with all traffic on the primary each time. */
const exitOf = ({ releases, changed }: Played, screen: Screen): number => {
  const asTold = RELEASES.every(({ end }, index) => releases[index]?.end === end);
  if (!changed) return asTold ? Exit.asAsked : Exit.not;
  const safe = releases.length === RELEASES.length && releases.every((one) => one.safe);
  screen.line(
    safe
      ? 'You changed the story by a key; whatever happened, all traffic ended on the primary.'
      : 'You changed the story by a key, and traffic did not end on the primary: that should not be.',
    safe ? 'good' : 'bad',
  );
  return safe ? Exit.asAsked : Exit.not;
};

const withKeys = (play: Play, quit: () => void): (() => void) => {
  if (!process.stdin.isTTY) return () => {};
  play.keys = true;
  return listenForKeys(process.stdin, {
    b: () => void play.breakCanary(),
    s: () => void play.stopExecution(),
    q: quit,
  });
};

const run = async (screen: Screen, ending: Ending, live: boolean): Promise<number> => {
  const quit = new AbortController();
  const play = new Play(screen, AbortSignal.any([ending.signal, quit.signal]));
  const giveBack = live ? withKeys(play, () => quit.abort()) : () => {};
  try {
    return exitOf(await play.run(), screen);
  } catch (error) {
    if (!ending.signal.aborted && !quit.signal.aborted) throw error;
    screen.line('Ended before the end: nothing is left running.');
    return Exit.not;
  } finally {
    giveBack();
  }
};

/**
 * `stepcanary demo`: a healthy release is promoted and a failing one rolled back, under live traffic; ends with 0 only
 * if both ended so.
 */
export const demo = async ({ plain = false }: { plain?: boolean }): Promise<void> => {
  const ending = listenForEnd();
  const live = isLive(plain);
  const screen = live ? liveScreen(process.stdout) : plainScreen((text) => process.stdout.write(text));
  process.once('exit', screen.close);
  try {
    process.exitCode = await run(screen, ending, live);
  } finally {
    screen.close();
    ending.release();
  }
};
