import type { Admission } from '../admission.ts';
import { isObject, type LabelSelector, type Pod } from '../objects.ts';
import { NAMESPACES, PODS, VIRTUAL_NODES } from '../resources.ts';
import { fitsSelector } from '../selectors.ts';
import { StatusError } from '../status.ts';
import type { Store } from '../store.ts';

/** The image of the sidecar that the App Mesh injector adds. */
export const ENVOY_IMAGE = '840364872350.dkr.ecr.us-west-2.amazonaws.com/aws-appmesh-envoy:v1.29.12.1-prod';

const LABEL = 'appmesh.k8s.aws/sidecarInjectorWebhook';

const podSelectorOf = (spec: unknown): LabelSelector | undefined =>
  isObject(spec) && isObject(spec.podSelector) ? (spec.podSelector as LabelSelector) : undefined;

/**
 * The injector's webhook (aws-app-mesh-controller-for-k8s `pkg/inject`): at a pod's creation in a labelled namespace the
 * VirtualNodes of that namespace whose selector fits decide; none means no sidecar, several refuse the pod. In a
 * namespace without VirtualNodes (a mesh kept by API only) `injectEnvoy` decides.
 */
export const envoyInjector =
  (store: () => Store, injectEnvoy: (pod: Pod) => boolean): Admission =>
  ({ operation, resource, object }) => {
    if (operation !== 'CREATE' || resource !== PODS) return;
    const pod = object as Pod;
    const { namespace = '', labels = {}, annotations = {}, generateName, name } = pod.metadata;
    const isInjected = store().get(NAMESPACES, undefined, namespace)?.metadata.labels?.[LABEL] === 'enabled';
    if (!isInjected || annotations[LABEL] === 'disabled') return;
    const nodes = store().list(VIRTUAL_NODES, namespace);
    const fitting = nodes.filter(({ spec }) => {
      const selector = podSelectorOf(spec);
      return selector !== undefined && fitsSelector(selector, labels);
    });
    if (fitting.length > 1) {
      const names = fitting.map((it) => it.metadata.name).join(',');
      throw new StatusError(
        'BadRequest',
        `admission webhook "mpod.appmesh.k8s.aws" denied the request: found multiple matching VirtualNodes for pod ${namespace}/${generateName ?? name}: ${names}`,
      );
    }
    if (nodes.length > 0 ? fitting.length === 1 : injectEnvoy(pod)) addSidecar(pod);
  };

const addSidecar = (pod: Pod): void => {
  if (pod.spec.containers.some(({ name }) => name === 'envoy')) return;
  pod.spec.containers = [...pod.spec.containers, { name: 'envoy', image: ENVOY_IMAGE }];
};
