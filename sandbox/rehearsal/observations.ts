import type { RolloutEvent } from '../../lambdas/core/rollout.ts';
import type { Published } from '../aws/services/sns/topics.ts';
import type { Sandbox } from '../sandbox.ts';
import type { RehearsedAlert, TimedEvent } from './result.ts';

interface RunningFunction {
  readonly execution: string | undefined;
}

/** What clients have seen of the canary so far. */
export interface CanaryCount {
  readonly requests: number;
  readonly failures: number;
}

/** Why `start-rollout` started nothing, as it wrote it to its log. */
const NOT_STARTED = /^skipped: (.*)$/;

/** What functions did for each execution, counted while they do it. */
export interface Work {
  lambdaInvocations: number;
  readonly apiCalls: Map<string, number>;
}

/** The execution that an invocation acts for, by its payload. */
const executionIn = (payload: string): string | undefined => {
  try {
    return (JSON.parse(payload) as { rollout?: { execution?: { name?: string } } }).rollout?.execution?.name;
  } catch {
    return undefined;
  }
};

interface ChatMessage {
  readonly content?: { readonly title?: string; readonly description?: string };
}

/** A message by protocol has the chat's text under `default` (SNS Publish, MessageStructure json). */
const chatOf = (message: string): ChatMessage => {
  const parsed = JSON.parse(message) as ChatMessage & { readonly default?: string };
  return parsed.default === undefined ? parsed : (JSON.parse(parsed.default) as ChatMessage);
};

/** What CloudWatch publishes for an alarm. */
interface AlarmMessage {
  readonly NewStateValue?: string;
  readonly AlarmDescription?: string | null;
  readonly NewStateReason?: string;
}

const alertOf = ({ message, subject, attributes, at }: Published, start: number): RehearsedAlert => {
  const seconds = Math.floor((at - start) / 1000);
  const { NewStateValue: state, AlarmDescription, NewStateReason } = JSON.parse(message) as AlarmMessage;
  if (state !== undefined) {
    const text = [AlarmDescription, NewStateReason].filter(Boolean).join('\n\n');
    return { at: seconds, severity: state === 'ALARM' ? 'error' : 'info', title: subject ?? '', text };
  }
  const { title = '', description = '' } = chatOf(message).content ?? {};
  const severity = attributes.severity?.StringValue ?? 'info';
  return { at: seconds, severity, title, text: description };
};

/** Watches a sandbox through a rehearsal. One function runs at a time, so what is called meanwhile is its own. */
export class Observations {
  readonly #start: number;
  readonly #work = new Map<string, Work>();
  readonly alerts: RehearsedAlert[] = [];
  /** Seconds since the start, percent of the canary: at each change of the route. */
  readonly weights: [number, number][] = [];
  /** Reasons why requests started nothing, by the second at which they came. */
  readonly notStarted = new Map<number, string>();
  readonly #canary = new Map<string, { from: CanaryCount; to?: CanaryCount }>();
  #running: RunningFunction = { execution: undefined };

  constructor(sandbox: Sandbox, start: number, canary: () => CanaryCount) {
    this.#start = start;
    sandbox.observe({
      invocation: ({ payload }) => {
        this.#running = { execution: executionIn(payload) };
        this.#count((work) => work.lambdaInvocations++);
      },
      call: ({ call }) => this.#api(`${call.service}.${call.operation}`),
      kubernetesRequest: ({ verb, resource }) => this.#api(`kubernetes.${verb}.${resource}`),
      execution: ({ executionArn, status }) => {
        const name = executionArn.split(':').at(-1) ?? '';
        const from = this.#canary.get(name)?.from;
        this.#canary.set(
          name,
          from === undefined || status === 'RUNNING' ? { from: canary() } : { from, to: canary() },
        );
      },
      functionLine: ({ line }) => this.#noteSkipped(line, sandbox.clock.now()),
      message: (published) => this.alerts.push(alertOf(published, start)),
    });
  }

  /** What the canary answered during an execution, until now for one that still runs. */
  canaryOf(execution: string, now: CanaryCount): CanaryCount {
    const { from = now, to = now } = this.#canary.get(execution) ?? {};
    return { requests: to.requests - from.requests, failures: to.failures - from.failures };
  }

  /** The canary's share at `from`, and each change up to `to` (seconds). */
  weightsBetween(from: number, to: number): [number, number][] {
    const before = this.weights.findLast(([at]) => at <= from)?.[1] ?? 0;
    return [[from, before], ...this.weights.filter(([at]) => at > from && at < to)];
  }

  #noteSkipped(line: string, now: number): void {
    try {
      const { message = '' } = JSON.parse(line) as { message?: string };
      const reason = NOT_STARTED.exec(message)?.[1];
      if (reason !== undefined) this.notStarted.set(Math.floor((now - this.#start) / 1000), reason);
    } catch {
      // A line that is not JSON is none of ours.
    }
  }

  /** The route has this share for the canary now. */
  sawWeight(at: number, canary: number): void {
    if (this.weights.at(-1)?.[1] !== canary)
      this.weights.push([Math.floor((at - this.#start) / 1000), canary]);
  }

  workOf(execution: string): Work {
    return this.#work.get(execution) ?? { lambdaInvocations: 0, apiCalls: new Map() };
  }

  #api(name: string): void {
    this.#count(({ apiCalls }) => apiCalls.set(name, (apiCalls.get(name) ?? 0) + 1));
  }

  #count(change: (work: Work) => void): void {
    const { execution } = this.#running;
    if (execution === undefined) return;
    const work = this.#work.get(execution) ?? { lambdaInvocations: 0, apiCalls: new Map() };
    change(work);
    this.#work.set(execution, work);
  }
}

/** Events that a task told of, at the time at which it ended. */
export const timed = (events: readonly RolloutEvent[] | undefined, at: number): TimedEvent[] =>
  (events ?? []).map(({ phase, text }) => ({ at, phase, text }));
