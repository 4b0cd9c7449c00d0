import type { LoggedLine } from './function-log.ts';

/** Something that happened beside the machine, seconds since 0 s. */
export interface OutsideEvent {
  readonly at: number;
  readonly text: string;
}

/** What is said each minute while all is well, or of what the machine settled itself. */
const NOTHING_NEW =
  /^(runs|starts|free|free; looked at again soon|waits for a person|restored; verified again soon)$|nothing to rescue$/;

/** Functions that no state of the machine calls, by their verb. */
const SPEAKERS = ['rescue', 'watchdog', 'command-rollout', 'start-rollout'];

/** Functions whose good answers stand elsewhere: with the rollout, or with the person who asked. */
const HEARD_ELSEWHERE = ['command-rollout', 'start-rollout'];

/** What rescue and watchdog did, and what a person or a push was refused. The same thing is told once, until another is. */
export class OutsideEvents {
  readonly #service: string;
  readonly all: OutsideEvent[] = [];

  /** @param service `service@target`, for lines that do not say which */
  constructor(service: string) {
    this.#service = service;
  }

  wrote(verb: string, at: number, { level, message, service = this.#service }: LoggedLine): void {
    if (!SPEAKERS.includes(verb) || NOTHING_NEW.test(message)) return;
    // What nobody asked for by its version has no line among the rollouts that says why it did not start.
    const isNews = /^(queued|refused: undo): /.test(message);
    if (level === 'INFO' && HEARD_ELSEWHERE.includes(verb) && !isNews) return;
    const said = message.replace(/^(queued|refused|Canary\.\w+): /, '');
    const text = said.includes(service) ? said : `${service}: ${said}`;
    if (this.all.at(-1)?.text !== text) this.all.push({ at, text });
  }
}
