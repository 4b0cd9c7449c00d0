import { setTimeout } from 'node:timers/promises';
import type { SandboxObserver } from '../../sandbox/options.ts';
import { listExecutions } from '../../sandbox/rehearsal/executions.ts';
import type { SlackPost } from '../../sandbox/slack.ts';
import { NotDone } from '../exit.ts';
import { type KubeconfigFile, writeKubeconfig } from '../sandbox/kubeconfig-file.ts';
import { alertLines } from './alert.ts';
import { closing, ended } from './closing.ts';
import { type Released, release } from './release.ts';
import { openScene, type Scene } from './scene.ts';
import type { Panel, Screen, Tone } from './screen.ts';
import { BROKEN, demoSpec, RELEASES, RPS, RUNNING, SCALE } from './setting.ts';

/** Real milliseconds between changes of what is kept in sight. */
const REFRESH_MS = 100;
/** How long the last message of a release may take to come, in real milliseconds. */
const MESSAGE_MS = 5_000;

/** The ends of an execution stand out. */
const TONES: Readonly<Record<string, Tone>> = { Promoted: 'good', 'Rolled back': 'bad' };

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
  #kubeconfig: KubeconfigFile | undefined;
  readonly #posts: SlackPost[] = [];
  #version: string | undefined;
  #state = 'a local AWS starts';
  #changed = false;
  /** Whether somebody can press keys. */
  keys = false;

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
      this.#kubeconfig?.remove();
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
    this.#scene = await openScene(spec, this.#observer()).catch((error: Error) => {
      throw new NotDone(`the local AWS did not start: ${error.message.split('\n')[0]}`, { cause: error });
    });
    this.#signal.throwIfAborted();
    this.#screen.line(
      `podinfo ${RUNNING} serves ${RPS * SCALE} requests a second; time runs ${SCALE} times as fast.`,
    );
    const { sandbox } = this.#scene;
    this.#kubeconfig = writeKubeconfig(sandbox.kubeconfig);
    this.#screen.line(
      `Look around: aws --endpoint-url ${sandbox.endpoint} · kubectl --kubeconfig ${this.#kubeconfig.path}`,
      'quiet',
    );
  }

  async #release(version: string, what: string): Promise<void> {
    if (this.#scene === undefined) return;
    this.#screen.line('');
    this.#screen.line(`podinfo ${version} is pushed: ${what}.`, 'heading');
    this.#version = version;
    this.#posts.length = 0;
    const released = await release(
      this.#scene,
      version,
      {
        onRow: (row) => this.#screen.step(row, TONES[row.state]),
        onState: (state) => {
          this.#state = state;
        },
      },
      this.#signal,
    );
    this.#version = undefined;
    this.#state = '';
    this.#releases.push(released);
    await this.#tellAlert(released);
    this.#screen.line(ended(released), released.end === 'promoted' ? 'good' : 'bad');
  }

  /** What Slack got: of a promotion its first line, of all else the whole message. */
  async #tellAlert({ end }: Released): Promise<void> {
    // The first one is that the release began.
    for (const until = Date.now() + MESSAGE_MS; this.#posts.length < 2 && Date.now() < until; )
      await setTimeout(REFRESH_MS, undefined, { signal: this.#signal });
    const post = this.#posts.slice(1).at(-1);
    if (post === undefined) return this.#screen.line('Nobody was told.', 'bad');
    if (end === 'promoted') return this.#screen.line(`Slack was told: ${post.text}`);
    this.#screen.line('Slack was told:');
    this.#screen.quote(alertLines(post));
  }

  #close(): void {
    if (this.#scene === undefined) return;
    this.#screen.line('');
    for (const line of closing(this.#releases, this.#scene.traffic.totals())) this.#screen.line(line);
  }

  #observer(): SandboxObserver {
    return {
      log: (line) => this.#screen.line(line, 'quiet'),
      slackPost: (post) => void this.#posts.push(post),
    };
  }

  #keysNow(): string {
    if (!this.keys) return '';
    return this.#version === undefined
      ? 'q quits'
      : `b breaks ${this.#version} · s stops the execution · q quits`;
  }

  #panel(): Panel {
    return {
      version: this.#version,
      state: this.#state,
      canary: this.#scene?.canaryWeight() ?? 0,
      versions: this.#scene?.traffic.totals().byVersion ?? {},
      seconds: (performance.now() - this.#start) / 1000,
      keys: this.#keysNow(),
    };
  }
}
