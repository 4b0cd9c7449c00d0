/** What a rollout writes down on the objects it changes: on their metadata, never on the pod template, which would roll pods. */
export const Annotation = {
  /** On the canary: which release it carries. */
  Rollout: 'stepcanary/rollout',
  /** On the canary: ARN of the execution that works on it. */
  Execution: 'stepcanary/execution',
  /** On both: number of the claim that wrote last. It rises with every claim and stays: a lower one writes nothing more. */
  Generation: 'stepcanary/generation',
  /** On the canary: ARN of the execution that took its pods away. A late deploy of it brings none back. */
  Retired: 'stepcanary/retired',
  /** On the canary: the image before this release. */
  PreviousImage: 'stepcanary/previous-image',
  /** On the canary: hash of the pod template under test. Another template is not what was tested. */
  Template: 'stepcanary/template',
  /** On the canary: hash of the pod template that a rollout wrote last. Another one is somebody's change. Stays. */
  Written: 'stepcanary/written',
  /** On the canary: names the ConfigMaps and Secrets that a rollout deployed it with. Stays, as `Written` does. */
  Config: 'stepcanary/config',
  /** On a copy for the primary: which ConfigMap or Secret it is a copy of, and for which `service@target`. */
  CopyOf: 'stepcanary/copy-of',
  Service: 'stepcanary/service',
  /** On the primary: the replicas it had when its floor was put back, to return to at the end. */
  Replicas: 'stepcanary/replicas',
  /** On an autoscaler: its own limits as JSON `{ min, max }`, to return to at the end. */
  Limits: 'stepcanary/limits',
  /** Written by people, on a Deployment: managers that leave our fields alone, separated by commas. */
  SharedWith: 'stepcanary/shared-with',
  /** Shown by `kubectl rollout history`. */
  ChangeCause: 'kubernetes.io/change-cause',
} as const;

/** Start of every annotation that is ours. */
export const OUR_PREFIX = 'stepcanary/';
