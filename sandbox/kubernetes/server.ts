import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import { admissionPolicies, type Cel } from './access/admission-policies.ts';
import { MASTERS } from './access/rules.ts';
import type { User } from './admission.ts';
import { Api } from './api.ts';
import { meshAdmission } from './appmesh/mesh-admission.ts';
import type { MeshApi } from './appmesh/mesh-api.ts';
import { MeshController } from './appmesh/mesh-controller.ts';
import { serverCertificate } from './certificate.ts';
import { AutoscalerController, type Load } from './controllers/autoscaler.ts';
import { DeploymentController } from './controllers/deployment.ts';
import { type GitOps, startGitOps } from './controllers/gitops.ts';
import { HttpRouteController } from './controllers/http-route.ts';
import { ReplicaSetController } from './controllers/replica-set.ts';
import { Deletion } from './deletion.ts';
import { EventRecorder } from './events.ts';
import { strategicMerge } from './fields/strategic-merge.ts';
import { listen, portOf, type RequestRecord } from './http/listener.ts';
import { kubeconfig } from './kubeconfig.ts';
import { applyManifest, type Manifest } from './manifest.ts';
import { asJson, type KubeObject, type Labels, type Pod } from './objects.ts';
import { envoyInjector } from './pods/envoy.ts';
import type { Images } from './pods/images.ts';
import { startKubelet } from './pods/kubelet.ts';
import { PodConfigs } from './pods/pod-configs.ts';
import { type ReadyPod, readyPods } from './pods/ready-pods.ts';
import { NAMESPACES, PODS, resourceNamed } from './resources.ts';
import { Store } from './store.ts';

export type { Cel } from './access/admission-policies.ts';
export type { User } from './admission.ts';
export type { MeshApi, MeshKind } from './appmesh/mesh-api.ts';
export type { Load } from './controllers/autoscaler.ts';
export type { GitOps } from './controllers/gitops.ts';
export type { RequestRecord } from './http/listener.ts';
export type { ImageBehaviour, Images, PodFate } from './pods/images.ts';
export type { PodConfig } from './pods/pod-configs.ts';
export type { ReadyPod } from './pods/ready-pods.ts';

/** What a Kubernetes API server needs from the sandbox around it. */
export interface KubernetesOptions {
  readonly clock: Clock;
  /** Numbers in [0, 1) for uids and generated names: seeded, for runs that repeat to the byte. */
  readonly random: () => number;
  readonly faults?: Faults;
  /** @default 0, a free port of 127.0.0.1 */
  readonly port?: number;
  /** Who is behind a bearer token; undefined is answered 401. */
  readonly authenticate: (bearerToken: string | undefined) => User | undefined;
  readonly images: Images;
  /** Whether a pod of an injected namespace without VirtualNode resources gets the Envoy sidecar. @default every pod */
  readonly injectEnvoy?: (pod: Pod) => boolean;
  /** Evaluates the expressions of ValidatingAdmissionPolicies. @default policies are stored and not enforced */
  readonly cel?: Cel;
  /** The App Mesh API, for the controller that keeps it as the custom resources say. @default no controller: they are only stored */
  readonly mesh?: MeshApi;
  /** What autoscalers measure. @default nothing is measured: they only keep replicas within their limits */
  readonly load?: Load;
  /** Called at every change of a pod. */
  readonly onPodsChanged?: () => void;
  readonly onRequest?: (request: RequestRecord) => void;
  /** A `hang` fault took a request, which will never be answered. */
  readonly onParked?: (call: string) => void;
}

/** A running API server with its controllers. */
export interface KubernetesServer {
  /** `https://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** The certificate that clients must trust. */
  readonly caPem: string;
  /** A kubeconfig, as YAML, that logs in with a token. */
  kubeconfig(token: string): string;
  /** Applies manifests (YAML, several documents allowed, or objects) as cluster-admin, by forced server-side apply. */
  apply(manifest: Manifest, options?: { fieldManager?: string }): KubeObject[];
  /** Changes a part of an object by strategic merge, as somebody does with `kubectl edit`. */
  edit(of: { kind: string; namespace?: string; name: string }, patch: object): KubeObject;
  /** Pods that may get traffic, by labels or of a Deployment, in order of their names. */
  readyPods(namespace: string, of: { labels: Labels } | { deployment: string }): ReadyPod[];
  /** An object by its kind as a person names it (`deployment`, `Pod`, `hpa`), or undefined. Not to be changed. */
  get(kind: string, namespace: string | undefined, name: string): KubeObject | undefined;
  /** All objects of a kind, in one namespace or in all. */
  list(kind: string, namespace?: string): KubeObject[];
  /** Switches a GitOps controller on. Returns what switches it off. */
  gitops(options: GitOps): () => void;
  /** Says that `images` answers otherwise than before: pods that are ready take it up now, others at their next step. */
  imagesChanged(): void;
  /** Ends watches and connections, and everything scheduled. */
  close(): Promise<void>;
}

const INITIAL_NAMESPACES = ['default', 'kube-system', 'kube-public'];

const kindNamed = (kind: string) => {
  const resource = resourceNamed(kind);
  if (resource === undefined) throw new Error(`kind "${kind}" is not known to the sandbox's Kubernetes`);
  return resource;
};

/** Starts an API server on 127.0.0.1 with the controllers of Deployments, ReplicaSets and pods. */
export const startKubernetes = async (options: KubernetesOptions): Promise<KubernetesServer> => {
  const { clock, random, images, faults } = options;
  const store: Store = new Store(clock, random);
  const admission = [
    envoyInjector(() => store, options.injectEnvoy ?? (() => true)),
    ...(options.mesh === undefined ? [] : [meshAdmission(() => store)]),
    ...(options.cel === undefined ? [] : [admissionPolicies(() => store, options.cel)]),
  ];
  const api = new Api({ store, clock, random, admission });
  const deletion = new Deletion(store, clock);
  const events = new EventRecorder(store, clock, random);
  const configs = new PodConfigs(store);
  const kubelet = startKubelet({ store, clock, images, events, configs });
  const replicaSets = new ReplicaSetController({ store, api, deletion, clock, events, faults });
  const deployments = new DeploymentController({ store, clock, events });
  const autoscalers = new AutoscalerController({
    store,
    api,
    clock,
    events,
    load: options.load ?? (() => undefined),
  });
  const meshes = options.mesh && new MeshController({ store, clock, events, mesh: options.mesh });
  const httpRoutes = new HttpRouteController({ store, clock });
  const gitops = new Set<() => void>();
  store.onChange(({ resource }) => {
    if (resource === PODS) options.onPodsChanged?.();
  });
  const admin = { user: { user: 'kubernetes-admin', groups: [MASTERS] }, fieldManager: 'sandbox' };
  for (const name of INITIAL_NAMESPACES) {
    applyManifest(api, { apiVersion: 'v1', kind: NAMESPACES.kind, metadata: { name } }, admin);
  }
  const certificate = await serverCertificate();
  const server = await listen(
    {
      api,
      deletion,
      clock,
      faults,
      authenticate: options.authenticate,
      onRequest: options.onRequest ?? (() => {}),
      onParked: options.onParked ?? (() => {}),
    },
    certificate,
    options.port ?? 0,
  );
  const endpoint = `https://127.0.0.1:${portOf(server)}`;
  return {
    endpoint,
    caPem: certificate.certPem,
    kubeconfig: (token) => kubeconfig({ endpoint, caPem: certificate.certPem, token }),
    apply: (manifest, { fieldManager = 'kubectl' } = {}) =>
      applyManifest(api, manifest, { ...admin, fieldManager }),
    edit: ({ kind, namespace, name }, patch) =>
      api.patch(
        { resource: kindNamed(kind), namespace, name, subresource: undefined },
        (live) => strategicMerge(live, asJson(patch)),
        { ...admin, fieldManager: 'kubectl-edit' },
      ),
    readyPods: (namespace, of) => readyPods(store, { images, configs }, namespace, of),
    get: (kind, namespace, name) => store.get(kindNamed(kind), namespace, name),
    list: (kind, namespace) => store.list(kindNamed(kind), namespace),
    gitops: (it) => {
      const stop = startGitOps(api, clock, it);
      gitops.add(stop);
      return stop;
    },
    imagesChanged: () => kubelet.imagesChanged(),
    close: async () => {
      for (const part of [
        deployments.queue,
        replicaSets.queue,
        autoscalers.queue,
        meshes?.queue,
        httpRoutes.queue,
        kubelet,
      ])
        part?.stop();
      for (const stop of gitops) stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
