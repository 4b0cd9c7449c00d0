import type { LogStore } from '../aws/services/logs.ts';
import type { Place } from '../aws/services/place.ts';
import type { Clock } from '../clock.ts';
import type { MetricStore } from '../cloudwatch/metric-store.ts';
import type { FinishedInvocation, LogLine } from '../lambda/host.ts';
import { embeddedMetrics } from './embedded-metrics.ts';
import { MetricFilters } from './metric-filters.ts';

/** An execution that has ended. */
export interface EndedExecution {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly status: string;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

interface TelemetryOptions {
  readonly clock: Clock;
  readonly home: Place;
  readonly logs: LogStore;
  readonly metrics: MetricStore;
}

/** Metric and log event of each way in which an execution ends (Step Functions developer guide, "Monitoring"). */
const ENDS: Readonly<Record<string, { metric: string; event: string }>> = {
  SUCCEEDED: { metric: 'ExecutionsSucceeded', event: 'ExecutionSucceeded' },
  FAILED: { metric: 'ExecutionsFailed', event: 'ExecutionFailed' },
  ABORTED: { metric: 'ExecutionsAborted', event: 'ExecutionAborted' },
  TIMED_OUT: { metric: 'ExecutionsTimedOut', event: 'ExecutionTimedOut' },
};

const parsed = (text: string): unknown => {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What the services themselves tell CloudWatch: functions' lines and counts, ended executions, depths of queues. */
export class Telemetry {
  readonly filters: MetricFilters;
  readonly #options: TelemetryOptions;
  readonly #machineLogs = new Map<string, readonly string[]>();

  constructor(options: TelemetryOptions) {
    this.#options = options;
    this.filters = new MetricFilters(options.metrics);
  }

  /** A state machine's log groups, by name. */
  logMachine(stateMachineArn: string, logGroups: readonly string[]): void {
    this.#machineLogs.set(stateMachineArn, logGroups);
  }

  /** A line that a function wrote; metrics in the embedded format count. */
  functionLine({ functionName, version, line }: LogLine): void {
    const at = this.#options.clock.now();
    const content = parsed(line);
    for (const point of embeddedMetrics(content, at)) this.#options.metrics.record(point);
    this.#log(`/aws/lambda/${functionName}`, `sandbox/[${version}]`, line, content);
  }

  functionFinished({ functionName, failed }: FinishedInvocation): void {
    const dimensions = { FunctionName: functionName };
    this.#count('AWS/Lambda', 'Invocations', dimensions, 1);
    this.#count('AWS/Lambda', 'Errors', dimensions, failed ? 1 : 0);
  }

  executionEnded({ executionArn, stateMachineArn, status, error, cause }: EndedExecution): void {
    const end = ENDS[status];
    if (end === undefined) return;
    this.#count('AWS/States', end.metric, { StateMachineArn: stateMachineArn }, 1);
    const line = { type: end.event, details: { error, cause }, execution_arn: executionArn };
    for (const logGroup of this.#machineLogs.get(stateMachineArn) ?? []) {
      this.#log(logGroup, 'states/sandbox', JSON.stringify(line), line);
    }
  }

  queueDepth(queueArn: string, depth: number): void {
    const QueueName = queueArn.split(':').at(-1) ?? '';
    this.#count('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName }, depth);
  }

  #log(logGroup: string, stream: string, message: string, content: unknown): void {
    const { clock, home, logs } = this.#options;
    const timestamp = clock.now();
    logs.put(home, logGroup, stream, [{ timestamp, message }], timestamp);
    if (content !== undefined) this.filters.line(home, logGroup, content, timestamp);
  }

  #count(namespace: string, name: string, dimensions: Readonly<Record<string, string>>, value: number): void {
    const at = this.#options.clock.now();
    this.#options.metrics.record({ namespace, name, dimensions, at, value, unit: 'Count' });
  }
}
