import type { Details } from '../history.ts';
import { whole } from '../history.ts';
import type { Visit } from '../line.ts';

/** What a Task's Resource says about how it is called and recorded. */
export interface Integration {
  readonly resource: string;
  /** `lambda`, `aws-sdk:eks`, `states`; undefined for a plain function ARN. */
  readonly service: string | undefined;
  /** `invoke`, `describeCluster`, `startExecution.sync:2`. */
  readonly action: string;
  readonly waitsForToken: boolean;
}

const optimised = /^arn:aws[\w-]*:states:::((?:aws-sdk:)?[\w-]+):(.+)$/;

/** Takes a Resource apart. */
export const parseResource = (resource: string): Integration => {
  const [, service, action = ''] = optimised.exec(resource) ?? [];
  return { resource, service, action, waitsForToken: action.endsWith('.waitForTaskToken') };
};

interface Bounds {
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
}

/**
 * Writes the events of one attempt of a Task: `Task…` for service integrations, `LambdaFunction…` where the Resource is
 * the function itself, as AWS does.
 */
export class TaskEvents {
  readonly #visit: Visit;
  readonly #integration: Integration;

  constructor(visit: Visit, integration: Integration) {
    this.#visit = visit;
    this.#integration = integration;
  }

  scheduled(parameters: unknown, { timeoutSeconds, heartbeatSeconds }: Bounds, roleArn: string | undefined) {
    const text = JSON.stringify(parameters);
    const common = {
      ...(timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds }),
      ...(roleArn === undefined ? {} : { taskCredentials: { roleArn } }),
    };
    const { resource } = this.#integration;
    if (this.#names === undefined) {
      const lambdaFunctionScheduledEventDetails = { resource, input: text, inputDetails: whole, ...common };
      return this.#add('Scheduled', { lambdaFunctionScheduledEventDetails });
    }
    const beats = heartbeatSeconds === undefined ? {} : { heartbeatInSeconds: heartbeatSeconds };
    const { region } = this.#visit.line.run;
    return this.#add('Scheduled', {
      taskScheduledEventDetails: { ...this.#names, region, parameters: text, ...beats, ...common },
    });
  }

  started() {
    return this.#add('Started', this.#names ? { taskStartedEventDetails: this.#names } : {});
  }

  /** The call was made; its effect is waited for (`.waitForTaskToken`, `.sync`). */
  submitted(output: string) {
    if (this.#names === undefined) return;
    this.#visit.line.run.history.add('TaskSubmitted', this.#visit.line.chain, {
      taskSubmittedEventDetails: { ...this.#names, output, outputDetails: whole },
    });
  }

  succeeded(output: string) {
    const details = { output, outputDetails: whole };
    if (this.#names === undefined)
      return this.#add('Succeeded', { lambdaFunctionSucceededEventDetails: details });
    return this.#add('Succeeded', { taskSucceededEventDetails: { ...this.#names, ...details } });
  }

  failed(error: string | undefined, cause: string | undefined) {
    const details = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
    if (this.#names === undefined) return this.#add('Failed', { lambdaFunctionFailedEventDetails: details });
    return this.#add('Failed', { taskFailedEventDetails: { ...this.#names, ...details } });
  }

  timedOut() {
    const details = { error: 'States.Timeout' };
    if (this.#names === undefined)
      return this.#add('TimedOut', { lambdaFunctionTimedOutEventDetails: details });
    return this.#add('TimedOut', { taskTimedOutEventDetails: { ...this.#names, ...details } });
  }

  get #names(): { readonly resource: string; readonly resourceType: string } | undefined {
    const { service, action } = this.#integration;
    return service === undefined ? undefined : { resource: action, resourceType: service };
  }

  #add(what: 'Scheduled' | 'Started' | 'Succeeded' | 'Failed' | 'TimedOut', details: Details): void {
    const { history } = this.#visit.line.run;
    history.add(
      `${this.#names === undefined ? 'LambdaFunction' : 'Task'}${what}`,
      this.#visit.line.chain,
      details,
    );
  }
}
