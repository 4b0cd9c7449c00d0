import { plainScreen } from '../demo/plain-screen.ts';
import { Play } from '../demo/play.ts';
import { RELEASES } from '../demo/setting.ts';
import { Exit } from '../exit.ts';
import { listenForEnd } from '../sandbox/until-ended.ts';

/** `stepcanary demo`: a healthy release is promoted and a failing one rolled back; ends with 0 only if both ended so. */
export const demo = async ({ plain = false }: { plain?: boolean }): Promise<void> => {
  const ending = listenForEnd();
  const screen = plainScreen((text) => process.stdout.write(text));
  try {
    const { releases, changed } = await new Play(screen, ending.signal).run();
    const asTold = RELEASES.every(({ end }, index) => releases[index]?.end === end);
    process.exitCode = asTold ? Exit.asAsked : Exit.not;
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    process.exitCode = Exit.not;
  } finally {
    screen.close();
    ending.release();
  }
};
