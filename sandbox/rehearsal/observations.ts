import type { RolloutEvent, Weights } from '../../lambdas/core/rollout.ts';
import type { Sandbox } from '../sandbox.ts';
import { alertOf, slackAlertOf, told } from './observed/alerts.ts';
import { loggedLine } from './observed/function-log.ts';
import { OutsideEvents } from './observed/outside-events.ts';
import { Requests } from './observed/requests.ts';
import { type Work, WorkByExecution } from './observed/work.ts';
import type { RehearsedAlert, TimedEvent } from './result.ts';

/** What clients have seen of the canary so far. */
export interface CanaryCount {
  readonly requests: number;
  readonly failures: number;
}

const verbOf = (functionName: string): string => functionName.replace(/^stepcanary-/, '');

/** Watches a sandbox through a rehearsal. */
export class Observations {
  readonly #start: number;
  readonly #work = new WorkByExecution();
  readonly #outside: OutsideEvents;
  /** What clients had seen of the canary when each execution started. */
  readonly #canary = new Map<string, CanaryCount>();
  readonly requests = new Requests();
  readonly #byTopic: RehearsedAlert[] = [];
  readonly #inSlack: RehearsedAlert[] = [];
  /** The canary's share of the route in percent, one decimal: each change of it (epoch milliseconds). */
  readonly #weights: { readonly at: number; readonly share: number }[] = [];

  /**
   * @param service `service@target`
   * @param start 0 s of the scenario, epoch milliseconds
   * @param canary what clients have seen of the canary so far
   */
  constructor(sandbox: Sandbox, service: string, start: number, canary: () => CanaryCount) {
    this.#start = start;
    this.#outside = new OutsideEvents(service);
    sandbox.observe(this.#work.observer);
    sandbox.observe({
      invocation: ({ functionName, requestId, payload, at }) => {
        if (verbOf(functionName) === 'start-rollout')
          this.requests.asked(this.#seconds(at), requestId, payload);
      },
      execution: ({ name, status }) => {
        if (status === 'RUNNING') this.#canary.set(name, canary());
      },
      functionLine: ({ functionName, line }) =>
        this.#noteLine(verbOf(functionName), line, sandbox.clock.now()),
      message: (published) => this.#byTopic.push(alertOf(published, start)),
      slackPost: (post) => this.#inSlack.push(slackAlertOf(post, start)),
    });
  }

  /** What people were told. */
  get alerts(): RehearsedAlert[] {
    return told(this.#byTopic, this.#inSlack);
  }

  /** What happened beside the machine. */
  get outside(): OutsideEvents['all'] {
    return this.#outside.all;
  }

  /** What the canary had answered when the execution started; nothing for one that never did. */
  canaryAt(execution: string): CanaryCount {
    return this.#canary.get(execution) ?? { requests: 0, failures: 0 };
  }

  /** [seconds, percent]: the canary's share at `from`, and each change up to `to` (epoch milliseconds). */
  weightsBetween(from: number, to: number): [number, number][] {
    const begin = this.#healed(from);
    const end = this.#healed(to);
    const before = this.#weights.findLast(({ at }) => at < begin)?.share ?? 0;
    const changes = this.#weights.filter(({ at }) => at >= begin && at < end);
    return [
      [this.#seconds(from), before],
      ...changes.map(({ at, share }): [number, number] => [this.#seconds(at), share]),
    ];
  }

  /** A claim that finds another rollout's traffic on the canary takes it back first: that change is the other one's last. */
  #healed(start: number): number {
    const first = this.#weights.find(({ at }) => at >= start);
    const inItsSecond = first !== undefined && this.#seconds(first.at) === this.#seconds(start);
    return inItsSecond && first.share === 0 ? first.at + 1 : start;
  }

  /** The route has these weights from `at` on (epoch milliseconds). */
  sawWeights(at: number, { primary, canary }: Weights): void {
    const all = primary + canary;
    const share = all === 0 ? 0 : Math.round((1000 * canary) / all) / 10;
    if ((this.#weights.at(-1)?.share ?? 0) !== share) this.#weights.push({ at, share });
  }

  workOf(execution: string): Work {
    return this.#work.of(execution);
  }

  #seconds(at: number): number {
    return Math.floor((at - this.#start) / 1000);
  }

  #noteLine(verb: string, line: string, now: number): void {
    const logged = loggedLine(line);
    if (logged === undefined) return;
    if (verb === 'start-rollout') this.requests.wrote(logged);
    this.#outside.wrote(verb, this.#seconds(now), logged);
  }
}

/** Events that a task told of, at the time at which it ended. */
export const timed = (events: readonly RolloutEvent[] | undefined, at: number): TimedEvent[] =>
  (events ?? []).map(({ phase, text }) => ({ at, phase, text }));
