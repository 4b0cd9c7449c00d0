import { matchedRouteName } from '../../lambdas/core/spec/match.ts';
import { ensureImage, pushImage } from '../bootstrap/image.ts';
import type { Sandbox } from '../sandbox.ts';
import { editDeployments } from './cluster.ts';
import { changeConfigs } from './configs.ts';
import { listExecutions } from './executions.ts';
import { publishGauge } from './gauges.ts';
import type { LoadedScenario } from './load-scenario.ts';
import type { TimelineEntry } from './scenario.ts';
import type { ServiceTraffic } from './service-traffic.ts';

/** Who a command is from when the scenario does not say. */
const SOMEBODY = 'somebody';

/** What entries of the timeline act on. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly loaded: LoadedScenario;
  readonly traffic: ServiceTraffic;
  /** 0 s of the scenario, in milliseconds since the epoch. */
  readonly start: number;
}

type Action = (stage: Stage, entry: TimelineEntry) => unknown;

const place = ({ loaded: { target } }: Stage) => ({ account: target.account, region: target.region });
const serviceOf = ({ loaded: { spec } }: Stage): string => `${spec.service}@${spec.target}`;

/** Calls a function of the engine once, as a person's command does. Not waited for: virtual time may have to pass meanwhile. */
const callFunction = ({ sandbox }: Stage, name: string, payload: object): void => {
  // A refusal is the person's to read, and is in the answer.
  void sandbox.lambda.invoke(`stepcanary-${name}`, JSON.stringify(payload));
};

const push: Action = async (stage, { push: version = '', duplicate }) => {
  const { repository } = stage.loaded.spec.trigger.ecr;
  await pushImage(stage.sandbox, place(stage), repository, version);
  if (duplicate === true) await pushImage(stage.sandbox, place(stage), repository, version);
};

const stopExecution = async ({ sandbox }: Stage): Promise<void> => {
  for (const { executionArn } of await listExecutions(sandbox, 'RUNNING')) {
    await sandbox.call('states', 'StopExecution', { executionArn, cause: 'stopped in the console' });
  }
};

const command: Action = async (stage, { command: name, by = SOMEBODY }) => {
  if (name === 'stop-execution') return stopExecution(stage);
  const at = new Date(stage.sandbox.clock.now()).toISOString();
  if (name === 'undo')
    return callFunction(stage, 'start-rollout', { service: serviceOf(stage), undo: true, now: at });
  return callFunction(stage, 'command-rollout', { service: serviceOf(stage), command: name, by, at });
};

/** The route whose weights the rollout changes: with A/B that of the matched requests, while it is there. */
const editRoute: Action = async (stage, { route: { canary = 0 } = { canary: 0 } }) => {
  const { mesh, virtualRouter, route, primary, canary: canaryNode } = stage.loaded.spec.router.appMesh;
  const { meshes } = stage.sandbox.stores;
  const matched = matchedRouteName(route);
  const isThere = meshes.route(place(stage), mesh, virtualRouter, matched) !== undefined;
  const routeName = isThere ? matched : route;
  const key = { meshName: mesh, virtualRouterName: virtualRouter, routeName };
  const described = await stage.sandbox.call('appmesh', 'DescribeRoute', key, place(stage));
  const { spec } = described.route as { spec: { httpRoute?: { action?: object } } };
  const weightedTargets = [
    { virtualNode: primary, weight: 100 - canary },
    { virtualNode: canaryNode, weight: canary },
  ];
  const edited = { ...spec, httpRoute: { ...spec.httpRoute, action: { weightedTargets } } };
  await stage.sandbox.call('appmesh', 'UpdateRoute', { ...key, spec: edited }, place(stage));
};

const spoilMetrics: Action = ({ sandbox }, { metrics }) => {
  if (metrics === undefined) return;
  const { state, by = 0, for: length } = metrics;
  sandbox.stores.metrics.setState(state, { by: by * 1000 });
  if (length !== undefined) {
    sandbox.clock.schedule(sandbox.clock.now() + length * 1000, () => sandbox.stores.metrics.setState('ok'));
  }
};

/** Somebody writes a version that is in the registry into the canary's pod template, by kubectl or by way of Git. */
const changeTemplate: Action = (stage, { template = '' }) => {
  const { sandbox, loaded } = stage;
  ensureImage(sandbox, place(stage), loaded.spec.trigger.ecr.repository, template);
  editDeployments(sandbox, loaded, { image: template });
};

/** Seconds after which an entry has been heard of: a changed template, and what it reads, are looked for each minute. */
const heardAfter = ({ loaded }: Stage, { template, deployment, config }: TimelineEntry): number =>
  loaded.spec.trigger.template && (template ?? deployment ?? config) !== undefined ? 61 : 0;

/** By the key that an entry has. */
const ACTIONS: Readonly<Record<string, Action>> = {
  push,
  start: (stage, { start: tag = '', at: seconds, duplicate }) => {
    // Somebody starts what is in the registry; that it got there told nobody.
    ensureImage(stage.sandbox, place(stage), stage.loaded.spec.trigger.ecr.repository, tag);
    const now = new Date(stage.start + seconds * 1000).toISOString();
    const request = { service: serviceOf(stage), tag, now };
    callFunction(stage, 'start-rollout', request);
    if (duplicate === true) callFunction(stage, 'start-rollout', request);
  },
  incident: ({ traffic }, { incident }) => {
    if (incident === undefined) return;
    const { errorRate, for: length, versions } = incident;
    traffic.model.incident({ errorRate, forMs: length === undefined ? undefined : length * 1000, versions });
  },
  behave: ({ traffic }, { behave = {} }) => {
    for (const [version, { errorRate, latency, podRps }] of Object.entries(behave)) {
      traffic.model.behave(version, {
        ...(errorRate !== undefined && { errorRate }),
        ...(latency !== undefined && { latency }),
        ...(podRps !== undefined && { podRps }),
      });
    }
  },
  direct: ({ traffic }, { direct }) =>
    direct && traffic.direct({ rps: direct.rps, to: direct.to, forMs: direct.for * 1000 }),
  metrics: spoilMetrics,
  gauge: ({ sandbox, loaded, start }, entry) => publishGauge(sandbox, loaded.scenario, start, entry),
  command,
  fault: ({ sandbox }, { fault }) => fault && sandbox.faults.arm({ ...fault, byMs: (fault.by ?? 0) * 1000 }),
  crash: ({ sandbox }, { crash = '' }) => sandbox.lambda.crashNext(`stepcanary-${crash}`),
  route: editRoute,
  deployment: ({ sandbox, loaded }, { deployment = {} }) => editDeployments(sandbox, loaded, deployment),
  template: changeTemplate,
  config: ({ sandbox, loaded }, { config = {} }) => changeConfigs(sandbox.kubernetes, loaded.spec, config),
  hook: ({ sandbox }, { hook }) => hook && sandbox.outside.answer(hook.name, hook.answers),
};

/** Schedules every entry, sorted by time, ties in the file's order. Returns when the last one is heard of, in milliseconds since the epoch. */
export const scheduleTimeline = (stage: Stage, onError: (error: unknown) => void): number => {
  const entries = [...stage.loaded.scenario.timeline].sort((a, b) => a.at - b.at);
  for (const entry of entries) {
    const act =
      ACTIONS[Object.keys(ACTIONS).find((key) => entry[key as keyof TimelineEntry] !== undefined) ?? ''];
    stage.sandbox.clock.schedule(stage.start + entry.at * 1000, async () => {
      try {
        await act?.(stage, entry);
      } catch (error) {
        onError(error);
      }
    });
  }
  return stage.start + Math.max(0, ...entries.map((entry) => entry.at + heardAfter(stage, entry))) * 1000;
};
