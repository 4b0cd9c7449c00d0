import type { Clock } from '../../clock.ts';
import type { Api } from '../api.ts';
import { type Condition, withCondition } from '../conditions.ts';
import type { EventRecorder } from '../events.ts';
import { type Autoscaler, asJson, copyOf, type Deployment, timestamp } from '../objects.ts';
import { AUTOSCALERS, DEPLOYMENTS } from '../resources.ts';
import { scaleOf, withScale } from '../scale.ts';
import type { Store } from '../store.ts';
import { type Recommendation, recommend, targetUtilization } from './recommendation.ts';
import { CONTROLLER_USER } from './replica-set.ts';
import { WorkQueue } from './work-queue.ts';

/** `--horizontal-pod-autoscaler-sync-period`. */
const PERIOD_MILLISECONDS = 15_000;

/** The mean CPU use of a Deployment's ready pods, in percent of their requests; undefined when it is not measured. */
export type Load = (deployment: { namespace: string; name: string }) => number | undefined;

/** Scales Deployments between their limits by the load that somebody measures for it. */
export class AutoscalerController {
  readonly queue: WorkQueue;
  readonly #store: Store;
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #events: EventRecorder;
  readonly #load: Load;
  /** Past recommendations per autoscaler, for the stabilisation of scaling down. */
  readonly #past = new Map<string, Recommendation[]>();

  constructor(parts: { store: Store; api: Api; clock: Clock; events: EventRecorder; load: Load }) {
    this.#store = parts.store;
    this.#api = parts.api;
    this.#clock = parts.clock;
    this.#events = parts.events;
    this.#load = parts.load;
    this.queue = new WorkQueue(parts.clock, (key) => this.#reconcile(key));
    this.#store.onChange(({ type, resource, object }) => {
      if (resource === AUTOSCALERS && type === 'ADDED')
        this.queue.add(`${object.metadata.namespace}/${object.metadata.name}`);
    });
  }

  #reconcile(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const autoscaler = this.#store.get(AUTOSCALERS, namespace, name);
    if (autoscaler === undefined) {
      this.#past.delete(key);
      return;
    }
    this.queue.add(key, this.#clock.now() + PERIOD_MILLISECONDS);
    const { kind, name: target } = autoscaler.spec.scaleTargetRef;
    const deployment = kind === 'Deployment' ? this.#store.get(DEPLOYMENTS, namespace, target) : undefined;
    if (deployment === undefined) {
      const message = `the HPA controller was unable to get the target's current scale: ${kind} "${target}" not found`;
      this.#write(autoscaler, {}, [['AbleToScale', 'False', 'FailedGetScale', message]]);
    } else if (deployment.spec.replicas === 0) {
      const message = 'scaling is disabled since the replica count of the target is zero';
      this.#write(autoscaler, { currentReplicas: 0 }, [
        ['ScalingActive', 'False', 'ScalingDisabled', message],
      ]);
    } else this.#scale(key, autoscaler, deployment);
  }

  #scale(key: string, autoscaler: Autoscaler, deployment: Deployment): void {
    const { namespace = '', name } = deployment.metadata;
    const utilization = this.#load({ namespace, name });
    const now = this.#clock.now();
    const { replicas, past } = recommend(autoscaler.spec, {
      current: deployment.spec.replicas,
      ready: deployment.status?.readyReplicas ?? 0,
      utilization,
      past: this.#past.get(key) ?? [],
      now,
    });
    this.#past.set(key, past);
    if (replicas !== deployment.spec.replicas) {
      // Through /scale and under the controller's name, so that the owner of spec.replicas can be seen.
      this.#api.patch(
        { resource: DEPLOYMENTS, namespace, name, subresource: 'scale' },
        (live) => withScale(live, { ...scaleOf(deployment), metadata: {}, spec: { replicas } }),
        { user: CONTROLLER_USER, fieldManager: 'kube-controller-manager' },
      );
      const why =
        utilization === undefined
          ? 'Current number of replicas outside the limits'
          : 'cpu resource utilization (percentage of request) differs from target';
      this.#events.record(
        autoscaler,
        'horizontal-pod-autoscaler',
        'Normal',
        'SuccessfulRescale',
        `New size: ${replicas}; reason: ${why}`,
      );
    }
    const measured: Condition['status'] = utilization === undefined ? 'False' : 'True';
    this.#write(
      autoscaler,
      {
        currentReplicas: deployment.spec.replicas,
        desiredReplicas: replicas,
        utilization,
        scaled: replicas !== deployment.spec.replicas,
      },
      [
        ['AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size'],
        measured === 'True'
          ? [
              'ScalingActive',
              'True',
              'ValidMetricFound',
              'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
            ]
          : [
              'ScalingActive',
              'False',
              'FailedGetResourceMetric',
              'the HPA was unable to compute the replica count: no metrics known for the target',
            ],
      ],
    );
  }

  #write(
    autoscaler: Autoscaler,
    counts: {
      currentReplicas?: number;
      desiredReplicas?: number;
      utilization?: number | undefined;
      scaled?: boolean;
    },
    conditions: readonly (readonly [type: string, status: string, reason: string, message: string])[],
  ): void {
    const now = timestamp(this.#clock.now());
    const { currentReplicas = 0, desiredReplicas = 0, utilization, scaled } = counts;
    this.#store.change(AUTOSCALERS, autoscaler, (draft) => {
      let all = (draft.status?.conditions ?? []) as Condition[];
      for (const [type, status, reason, message] of conditions)
        all = withCondition(all, { type, status, reason, message }, now);
      const current = utilization !== undefined && targetUtilization(draft.spec) !== undefined;
      draft.status = copyOf({
        ...asJson(draft.status ?? {}),
        currentReplicas,
        desiredReplicas,
        ...(scaled && { lastScaleTime: now }),
        currentMetrics: current
          ? [
              {
                type: 'Resource',
                resource: { name: 'cpu', current: { averageUtilization: Math.round(utilization) } },
              },
            ]
          : [],
        conditions: all,
      }) as unknown as NonNullable<Autoscaler['status']>;
    });
  }
}
