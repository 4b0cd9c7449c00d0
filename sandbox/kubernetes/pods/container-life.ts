import type { Container, Pod } from '../objects.ts';
import { imageIdOf } from './images.ts';
import type { PodSteps } from './pod-steps.ts';

/** Pulling and starting a container takes this long, or less where the image is ready sooner. */
const START_MILLISECONDS = 1_000;
/** A crashing container lives this long. */
const CRASH_MILLISECONDS = 1_000;
/** A failed readiness probe is repeated after this long: the default `periodSeconds`. */
const PROBE_MILLISECONDS = 10_000;
/** The kubelet's back-off for pulls and restarts: 10 s, doubled each time, at most 5 minutes. */
const FIRST_BACKOFF_SECONDS = 10;
const LONGEST_BACKOFF_SECONDS = 300;

const backoffSeconds = (attempt: number) =>
  Math.min(FIRST_BACKOFF_SECONDS * 2 ** attempt, LONGEST_BACKOFF_SECONDS);

const crashText = ({ metadata }: Pod, { name }: Container, seconds: number) =>
  `back-off ${seconds}s restarting failed container=${name} pod=${metadata.name}_${metadata.namespace}(${metadata.uid})`;

/** A container of a pod on a node: pulled, started, probed; or failing in the way that its image asks for at each step. */
export class ContainerLife {
  readonly #steps: PodSteps;
  readonly #container: Container;
  #restarts = 0;

  constructor(steps: PodSteps, container: Container) {
    this.#steps = steps;
    this.#container = container;
  }

  begin(pod: Pod): void {
    const { readyAfterMs } = this.#steps.behaviour(this.#container, pod);
    this.#steps.later(pod, Math.min(START_MILLISECONDS, readyAfterMs), (it) => this.#pull(it, 0));
    this.#steps.onImagesChanged(pod, (it) => this.#recheck(it));
  }

  /** A container that serves finds out that its image no longer does; all others ask at their next step anyway. */
  #recheck(pod: Pod): void {
    const isReady =
      pod.status?.containerStatuses?.find(({ name }) => name === this.#container.name)?.ready === true;
    const { pods } = this.#steps.behaviour(this.#container, pod);
    if (!isReady || (pods !== 'crash-loop' && pods !== 'never-ready')) return;
    this.#change(pod, (status) => {
      status.ready = false;
    });
    this.#probe(pod);
  }

  #pull(pod: Pod, attempt: number): void {
    const { pods, digest } = this.#steps.behaviour(this.#container, pod);
    if (pods === 'image-pull') {
      this.#failPull(pod, attempt);
      return;
    }
    this.#change(pod, (status) => {
      status.imageID = imageIdOf(this.#container.image ?? '', digest);
    });
    this.#create(pod);
  }

  /** A container whose environment names what is not there is tried again at each sync. */
  #create(pod: Pod): void {
    const missing = this.#steps.configs.missingFor(pod, this.#container);
    if (missing === undefined) {
      this.#start(pod);
      return;
    }
    this.#wait(pod, 'CreateContainerConfigError', missing);
    this.#tell(pod, 'Warning', 'Failed', `Error: ${missing}`);
    this.#steps.later(pod, PROBE_MILLISECONDS, (it) => this.#create(it));
  }

  #failPull(pod: Pod, attempt: number): void {
    const { image } = this.#container;
    const why = `failed to pull and unpack image "${image}": not found`;
    this.#wait(pod, 'ErrImagePull', why);
    this.#tell(pod, 'Warning', 'Failed', `Failed to pull image "${image}": ${why}`);
    const backOff = (it: Pod) => this.#wait(it, 'ImagePullBackOff', `Back-off pulling image "${image}"`);
    this.#steps.later(pod, START_MILLISECONDS, backOff);
    this.#steps.later(pod, backoffSeconds(attempt) * 1_000, (it) => this.#pull(it, attempt + 1));
  }

  #start(pod: Pod): void {
    this.#steps.configs.start(pod);
    this.#change(pod, (status) => {
      status.state = { running: { startedAt: this.#steps.now } };
      status.started = true;
      status.restartCount = this.#restarts;
    });
    this.#tell(pod, 'Normal', 'Started', `Started container ${this.#container.name}`);
    const { pods, readyAfterMs } = this.#steps.behaviour(this.#container, pod);
    // `readyAfterMs` counts from the pod's creation; a restarted container needs all of it again.
    const left = this.#restarts === 0 ? Math.max(0, readyAfterMs - START_MILLISECONDS) : readyAfterMs;
    this.#steps.later(pod, pods === 'crash-loop' ? CRASH_MILLISECONDS : left, (it) => this.#probe(it));
  }

  #probe(pod: Pod): void {
    const { pods } = this.#steps.behaviour(this.#container, pod);
    if (pods === 'crash-loop') this.#crash(pod);
    else if (pods === 'never-ready') {
      this.#tell(
        pod,
        'Warning',
        'Unhealthy',
        'Readiness probe failed: HTTP probe failed with statuscode: 503',
      );
      this.#steps.later(pod, PROBE_MILLISECONDS, (it) => this.#probe(it));
    } else {
      this.#change(pod, (status) => {
        status.ready = true;
      });
    }
  }

  #crash(pod: Pod): void {
    // The kubelet restarts at once after the first crash, and backs off from the second on.
    const seconds = this.#restarts === 0 ? 0 : backoffSeconds(this.#restarts - 1);
    const text = crashText(pod, this.#container, seconds);
    this.#change(pod, (status) => {
      const startedAt = status.state?.running?.startedAt ?? this.#steps.now;
      const terminated = { exitCode: 1, reason: 'Error', startedAt, finishedAt: this.#steps.now };
      status.ready = false;
      status.started = false;
      status.lastState = { terminated };
      status.state =
        seconds === 0 ? { terminated } : { waiting: { reason: 'CrashLoopBackOff', message: text } };
    });
    if (seconds > 0) this.#tell(pod, 'Warning', 'BackOff', text);
    this.#steps.later(pod, seconds * 1_000, (it) => {
      this.#restarts++;
      this.#start(it);
    });
  }

  #wait(pod: Pod, reason: string, message: string): void {
    this.#change(pod, (status) => {
      status.state = { waiting: { reason, message } };
    });
  }

  #change(pod: Pod, edit: Parameters<PodSteps['changeContainer']>[2]): void {
    this.#steps.changeContainer(pod, this.#container, edit);
  }

  #tell(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#steps.tell(pod, 'kubelet', type, reason, message);
  }
}
