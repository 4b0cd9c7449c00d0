import type { SandboxObserver } from '../../sandbox/options.ts';
import { listExecutions } from '../../sandbox/rehearsal/executions.ts';
import { closing, ended } from './closing.ts';
import { type Released, release } from './release.ts';
import { openScene, type Scene } from './scene.ts';
import type { Panel, Screen } from './screen.ts';
import { BROKEN, demoSpec, RELEASES, RPS, RUNNING, SCALE } from './setting.ts';
import { minutes } from './words.ts';

/** Real milliseconds between changes of what is kept in sight. */
const REFRESH_MS = 100;
/** How long a name of a state may be before its sentence moves to the right. */
const STATE_WIDTH = 28;

/** How a demo went. */
export interface Played {
  readonly releases: readonly Released[];
  /** Whether somebody pressed a key that changed the story. */
  readonly changed: boolean;
}

/** A demo under way: what people may do to it. */
export class Play {
  readonly #screen: Screen;
  readonly #signal: AbortSignal;
  readonly #start = performance.now();
  readonly #releases: Released[] = [];
  #scene: Scene | undefined;
  #version: string | undefined;
  #state = 'a local AWS starts';
  #changed = false;
  keys = '';

  constructor(screen: Screen, signal: AbortSignal) {
    this.#screen = screen;
    this.#signal = signal;
  }

  /** From start to end. Rejects with the signal's reason when it is aborted; nothing is left running either way. */
  async run(): Promise<Played> {
    const refresh = setInterval(() => this.#screen.show(this.#panel()), REFRESH_MS);
    try {
      await this.#open();
      for (const { version, what } of RELEASES) await this.#release(version, what);
      this.#close();
      return { releases: this.#releases, changed: this.#changed };
    } finally {
      clearInterval(refresh);
      this.#screen.show(undefined);
      await this.#scene?.close();
    }
  }

  /** The version under way begins to answer 500s. */
  async breakCanary(): Promise<void> {
    const version = this.#version;
    if (version === undefined || this.#scene === undefined) return;
    this.#changed = true;
    this.#screen.line(
      `${version} is broken by hand: ${BROKEN.errorRate * 100} % of its answers are 500s`,
      'bad',
    );
    await this.#scene.traffic.behave(version, BROKEN);
  }

  /** Stops the execution, as the button of the console does. */
  async stopExecution(): Promise<void> {
    if (this.#version === undefined || this.#scene === undefined) return;
    const { sandbox } = this.#scene;
    for (const { executionArn } of await listExecutions(sandbox, 'RUNNING')) {
      this.#changed = true;
      this.#screen.line('The execution is stopped, as by "Stop execution" in the console.', 'bad');
      await sandbox.call('states', 'StopExecution', { executionArn, cause: 'stopped in the console' });
    }
  }

  async #open(): Promise<void> {
    const spec = demoSpec();
    this.#screen.line('A local AWS starts, and the CDK app is deployed into it.', 'heading');
    this.#scene = await openScene(spec, this.#observer());
    this.#signal.throwIfAborted();
    this.#screen.line(
      `podinfo ${RUNNING} serves ${RPS * SCALE} requests a second; time runs ${SCALE} times as fast.`,
    );
    this.#screen.line(`Look around: aws --endpoint-url ${this.#scene.sandbox.endpoint}`, 'quiet');
  }

  async #release(version: string, what: string): Promise<void> {
    if (this.#scene === undefined) return;
    this.#screen.line('');
    this.#screen.line(`podinfo ${version} is pushed: ${what}.`, 'heading');
    this.#version = version;
    const released = await release(
      this.#scene,
      version,
      {
        onRow: ({ at, state, say }) => {
          const first = `${minutes(at).padStart(5)}  ${state.padEnd(STATE_WIDTH)}  `;
          this.#screen.line(
            say,
            state === 'Promoted' ? 'good' : state === 'Rolled back' ? 'bad' : 'plain',
            first,
          );
        },
        onState: (state) => {
          this.#state = state;
        },
      },
      this.#signal,
    );
    this.#version = undefined;
    this.#releases.push(released);
    this.#screen.line(ended(released), released.end === 'promoted' ? 'good' : 'bad');
  }

  #close(): void {
    if (this.#scene === undefined) return;
    this.#screen.line('');
    for (const line of closing(this.#releases, this.#scene.traffic.totals())) this.#screen.line(line);
  }

  #observer(): SandboxObserver {
    return { log: (line) => this.#screen.line(line, 'quiet') };
  }

  #panel(): Panel {
    return {
      version: this.#version,
      state: this.#state,
      canary: this.#scene?.canaryWeight() ?? 0,
      versions: this.#scene?.traffic.totals().byVersion ?? {},
      seconds: (performance.now() - this.#start) / 1000,
      keys: this.keys,
    };
  }
}
