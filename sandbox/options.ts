import type { CallRecord } from './aws/edge.ts';
import type { NewEvent } from './aws/services/events/bus.ts';
import type { DeadLetter } from './aws/services/events/delivery.ts';
import type { Published } from './aws/services/sns/topics.ts';
import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Pod } from './kubernetes/objects.ts';
import type { Images, Load, RequestRecord } from './kubernetes/server.ts';
import type { InvocationRecord, LogLine } from './lambda/host.ts';
import type { OutsideCall } from './outside.ts';
import type { SlackPost } from './slack.ts';
import type { ExecutionChange } from './wiring/state-machines.ts';

/** What can be watched in a sandbox. */
export interface SandboxObserver {
  /** Each attempt of an AWS call, refused and broken ones included. */
  readonly call?: (record: CallRecord) => void;
  readonly kubernetesRequest?: (record: RequestRecord) => void;
  readonly podsChanged?: () => void;
  readonly invocation?: (record: InvocationRecord) => void;
  /** Each change of an execution's status. */
  readonly execution?: (change: ExecutionChange) => void;
  /** Each line that a function wrote. */
  readonly functionLine?: (line: LogLine) => void;
  /** Each event that a service or PutEvents put on the bus by way of the sandbox. */
  readonly event?: (event: NewEvent) => void;
  readonly message?: (published: Published) => void;
  /** Each message that came to the sandbox's Slack. */
  readonly slackPost?: (post: SlackPost) => void;
  /** Each request of a function to another machine, in virtual time. */
  readonly outsideCall?: (call: OutsideCall) => void;
  readonly deadLetter?: (letter: DeadLetter) => void;
  /** What the sandbox itself has to say: operations that it lacks, deliveries that were lost. */
  readonly log?: (line: string) => void;
}

export interface SandboxOptions {
  readonly clock: Clock;
  /** Whether `clock` is a VirtualClock: functions then get its time, and randomness from the seed. */
  readonly virtual: boolean;
  /** A cloud assembly (`cdk.out`) to deploy at the start. @default none */
  readonly assemblyDirectory?: string;
  /** Where environment-agnostic stacks go, and what unknown access keys act in. @default eu-west-1 */
  readonly region?: string;
  /** @default 123456789012 */
  readonly account?: string;
  /** Decides every random value in virtual time. @default 1 */
  readonly seed?: number | string;
  /** The edge's port. @default 4566, or a free one where that is taken */
  readonly port?: number;
  /** @default none are armed */
  readonly faults?: Faults;
  /** EKS clusters, which all stand for the sandbox's one Kubernetes; more come with access entries. @default sandbox */
  readonly clusters?: readonly string[];
  /** How the pods of an image fare, given what the registry says. @default images of the registry start and are ready */
  readonly images?: (byRegistry: Images) => Images;
  /** Whether a pod of an injected namespace without VirtualNode resources gets the Envoy sidecar. @default every pod */
  readonly injectEnvoy?: (pod: Pod) => boolean;
  /** What autoscalers measure: CPU in percent of the requests. @default nothing, they only keep their limits */
  readonly load?: Load;
  readonly observer?: SandboxObserver;
}
