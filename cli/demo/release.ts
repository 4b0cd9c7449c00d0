import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ENGINE, serviceAtTarget } from '../../infra/names.ts';
import { DynamoDbStore } from '../../lambdas/adapters/dynamodb-store.ts';
import type { Period } from '../../lambdas/core/evidence.ts';
import { type FlaggerVerdict, flaggerWould } from '../../lambdas/core/judge/flagger.ts';
import { pushImage } from '../../sandbox/bootstrap/image.ts';
import {
  describeExecution,
  type Execution,
  type HistoryEvent,
  historyOf,
  listExecutions,
} from '../../sandbox/rehearsal/executions.ts';
import { isBusy } from '../../sandbox/rehearsal/service-record.ts';
import { rowsOf, type TraceRow } from '../../sandbox/rehearsal/trace.ts';
import type { ClientCount } from '../../sandbox/traffic/ledger.ts';
import type { Scene } from './scene.ts';
import { TARGET } from './setting.ts';

/** Real milliseconds between looks at an execution. */
const LOOK_EVERY = 150;
/** Real milliseconds that a push may take to start an execution, and a rescue to free the service. */
const PATIENCE_MS = 30_000;

/** What happens to a release while it is followed. */
export interface ReleaseListener {
  /** A state has ended, or the execution with it. */
  readonly onRow: (row: TraceRow) => void;
  /** The state that the execution is in. */
  readonly onState: (state: string) => void;
}

/** How a release ended. */
export interface Released {
  readonly version: string;
  readonly end: 'promoted' | 'rolledBack' | 'failed';
  /** For people: why it did not go on. Empty for a promoted one. */
  readonly reason: string;
  /** Seconds of the sandbox's time. */
  readonly seconds: number;
  /** What users sent meanwhile, and what of it failed. */
  readonly users: ClientCount;
  /** What Flagger's rule would have done, and after how many seconds. */
  readonly flagger: FlaggerVerdict & { readonly seconds?: number };
  /** Whether all traffic is on the primary and nobody has to act. */
  readonly safe: boolean;
}

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, LOOK_EVERY);
    signal.addEventListener('abort', stop, { once: true });
  });

/** Looks again and again until `look` finds something. Rejects with `otherwise` when patience ends. */
const eventually = async <T>(
  look: () => Promise<T | undefined>,
  { signal, otherwise }: { signal: AbortSignal; otherwise: string },
): Promise<T> => {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(signal);
  }
  throw new Error(otherwise);
};

const stateOf = (history: readonly HistoryEvent[]): string =>
  history.findLast(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined)
    ?.stateEnteredEventDetails?.name ?? '';

/** Tells of every row once, and of the present state, until the execution has ended. */
const untilEnded = async (
  { sandbox }: Scene,
  executionArn: string,
  { onRow, onState }: ReleaseListener,
  signal: AbortSignal,
): Promise<Execution> => {
  let told = 0;
  for (;;) {
    const execution = await describeExecution(sandbox, executionArn);
    const history = await historyOf(sandbox, executionArn);
    const rows = rowsOf(history);
    for (const row of rows.slice(told)) onRow(row);
    told = rows.length;
    if (execution.status !== 'RUNNING') return execution;
    onState(stateOf(history));
    await pause(signal);
  }
};

/** Every period that was judged, once, in order. */
const judgedPeriods = async ({ sandbox, spec }: Scene, executionArn: string): Promise<readonly Period[]> => {
  const client = new DynamoDBClient({
    endpoint: sandbox.endpoint,
    region: TARGET.region,
    credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' },
  });
  try {
    const store = new DynamoDbStore(ENGINE.table, client);
    const verdicts = await store.verdicts(serviceAtTarget(spec), executionArn);
    const byStart = new Map(
      verdicts.flatMap(({ periods }) => periods.map((one) => [one.start, one] as const)),
    );
    return [...byStart.values()].sort((a, b) => (a.start < b.start ? -1 : 1));
  } finally {
    client.destroy();
  }
};

const flaggerOf = async (
  scene: Scene,
  { executionArn, startDate }: Execution,
): Promise<Released['flagger']> => {
  const verdict = flaggerWould(scene.spec, await judgedPeriods(scene, executionArn));
  if (verdict.at === undefined) return verdict;
  return { ...verdict, seconds: (Date.parse(verdict.at) - startDate.getTime()) / 1000 };
};

const endOf = ({ status, error }: Execution, safe: boolean): Released['end'] => {
  if (status === 'SUCCEEDED') return 'promoted';
  return safe && (error === 'Canary.RolledBack' || status === 'ABORTED') ? 'rolledBack' : 'failed';
};

/**
 * Pushes a version and follows its rollout until it has ended and the service is free: after a stop in the console that
 * is when the rescue has brought the traffic back. Rejects with the signal's reason when it is aborted.
 */
export const release = async (
  scene: Scene,
  version: string,
  listener: ReleaseListener,
  signal: AbortSignal,
): Promise<Released> => {
  const { sandbox, traffic, spec } = scene;
  const service = serviceAtTarget(spec);
  const before = new Set((await listExecutions(sandbox)).map(({ executionArn }) => executionArn));
  const from = traffic.totals();
  await traffic.ensure(version);
  await pushImage(sandbox, TARGET, spec.trigger.ecr.repository, version);
  const { executionArn } = await eventually(
    async () => (await listExecutions(sandbox)).find((one) => !before.has(one.executionArn)),
    { signal, otherwise: `the push of ${version} started no rollout within ${PATIENCE_MS / 1000} s` },
  );
  const ended = await untilEnded(scene, executionArn, listener, signal);
  listener.onState(ended.status === 'ABORTED' ? 'Rescue brings the traffic back' : '');
  const freed = await eventually(async () => ((await isBusy(sandbox, service)) ? undefined : true), {
    signal,
    otherwise: 'busy',
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof Error && error.message === 'busy') return false;
    throw error;
  });
  await traffic.sync();
  const to = traffic.totals();
  const safe = freed && scene.canaryWeight() === 0;
  return {
    version,
    end: endOf(ended, safe),
    reason: ended.cause ?? '',
    seconds: ((ended.stopDate ?? ended.startDate).getTime() - ended.startDate.getTime()) / 1000,
    users: { requests: to.requests - from.requests, failures: to.failures - from.failures },
    flagger: await flaggerOf(scene, ended),
    safe,
  };
};
