import type { StateGraph } from '../definition.ts';
import { Cancelled } from '../failure.ts';
import type { Chain } from '../history.ts';
import type { Line, Visit } from '../line.ts';
import { Place } from '../place.ts';
import { runLine } from '../run-line.ts';
import { Scope } from '../scope.ts';

/** One line inside a Parallel or Map, before it runs. */
export interface Branch {
  readonly graph: StateGraph;
  readonly input: unknown;
  readonly map?: unknown;
  /** Told when it begins, ends well, fails, or is cut short by another branch. */
  readonly begins?: (chain: Chain) => void;
  readonly succeeds?: (chain: Chain) => void;
  readonly fails?: (chain: Chain) => void;
  readonly aborts?: (chain: Chain) => void;
}

/** The next turn of the clock: branches start one after another, so that a run in virtual time is repeatable. */
const turn = (line: Line) => line.run.clock.sleep(0, line.signal);

const runBranch = async (line: Line, branch: Branch): Promise<unknown> => {
  if (line.place.ended !== undefined) return line.place.ended.output;
  await turn(line);
  if (line.place.entered === undefined) branch.begins?.(line.chain);
  try {
    const output = await runLine(line, branch.input);
    branch.succeeds?.(line.chain);
    return output;
  } catch (thrown) {
    if (thrown instanceof Cancelled) branch.aborts?.(line.chain);
    else branch.fails?.(line.chain);
    throw thrown;
  }
};

/** Whether a redrive goes on in branches that had begun. */
export const goesOn = ({ resumed, line }: Visit): boolean => resumed && line.place.branches.length > 0;

/** Where the branches stand: at their beginning, or in a redrive where each of them had come to. */
const placesOf = (visit: Visit, length: number): readonly Place[] => {
  const { place, chain, scope } = visit.line;
  if (goesOn(visit)) return place.branches;
  place.branches = Array.from(
    { length },
    () => new Place({ scope: new Scope(scope), previous: chain.previous, inBranch: true }),
  );
  return place.branches;
};

/**
 * Runs branches side by side, at most `concurrency` at once, and returns their outputs in order. The failure that
 * `tolerates` refuses cuts the others short and is thrown once they have stopped.
 */
export const runBranches = async (
  visit: Visit,
  branches: readonly Branch[],
  concurrency: number,
  tolerates: (failures: number) => boolean = () => false,
): Promise<readonly unknown[]> => {
  const { line } = visit;
  const others = new AbortController();
  const signal = AbortSignal.any([line.signal, others.signal]);
  const outputs: unknown[] = branches.map(() => undefined);
  const places = placesOf(visit, branches.length);
  let next = 0;
  let failures = 0;
  let fatal: { readonly failure: unknown; readonly at: number } | undefined;
  const work = async () => {
    while (next < branches.length && !signal.aborted) {
      const index = next++;
      const branch = branches[index] as Branch;
      const place = places[index] as Place;
      const { chain, scope } = place;
      const { run } = line;
      const map = branch.map ?? line.map;
      try {
        const inner: Line = {
          run,
          graph: branch.graph,
          place,
          scope,
          chain,
          signal,
          ...(map === undefined ? {} : { map }),
        };
        outputs[index] = await runBranch(inner, branch);
        line.chain.previous = chain.previous;
      } catch (thrown) {
        if (thrown instanceof Cancelled) continue;
        failures++;
        line.chain.previous = chain.previous;
        if (fatal === undefined && !tolerates(failures)) {
          fatal = { failure: thrown, at: chain.previous };
          others.abort(new Cancelled('Another branch failed.'));
        }
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, branches.length) }, work));
  line.signal.throwIfAborted();
  if (fatal === undefined) return outputs;
  line.chain.previous = fatal.at;
  throw fatal.failure;
};
