import { AwsError } from '../aws/service.ts';
import type { Definition } from './definition.ts';

/** A state machine as CreateStateMachine was given it. */
export interface StateMachineInput {
  readonly name: string;
  /** JSON text. */
  readonly definition: string;
  readonly roleArn: string;
  /** @default STANDARD */
  readonly type?: string;
  readonly loggingConfiguration?: unknown;
  readonly tracingConfiguration?: unknown;
}

/** What an execution is started from: a machine as it is now, or one of its versions. */
export interface Revision {
  readonly input: StateMachineInput;
  readonly definition: Definition;
  readonly createdAt: Date;
}

export interface StateMachine {
  readonly arn: string;
  current: Revision;
  readonly versions: Map<string, Revision>;
}

const readDefinition = (text: string): Definition => {
  let definition: Definition;
  try {
    definition = JSON.parse(text) as Definition;
  } catch {
    throw new AwsError(
      'InvalidDefinition',
      "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION'",
      400,
    );
  }
  if (definition.States?.[definition.StartAt] === undefined) {
    throw new AwsError(
      'InvalidDefinition',
      `Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: ${definition.StartAt} at /StartAt'`,
      400,
    );
  }
  return definition;
};

/** The state machines of a sandbox, with their published versions and aliases. */
export class StateMachineStore {
  readonly #machines = new Map<string, StateMachine>();
  readonly #aliases = new Map<string, string>();

  /** Creates the machine or gives it a new definition. @throws AwsError InvalidDefinition */
  put(arn: string, input: StateMachineInput, now: number): StateMachine {
    const current: Revision = {
      input,
      definition: readDefinition(input.definition),
      createdAt: new Date(now),
    };
    const known = this.#machines.get(arn);
    if (known !== undefined) known.current = current;
    const machine = known ?? { arn, current, versions: new Map() };
    this.#machines.set(arn, machine);
    return machine;
  }

  /** Publishes what the machine is now; returns the version's ARN. */
  publish(arn: string): string {
    const machine = this.get(arn);
    const newest = `${arn}:${machine.versions.size}`;
    if (machine.versions.get(newest) === machine.current) return newest;
    const version = `${arn}:${machine.versions.size + 1}`;
    machine.versions.set(version, machine.current);
    return version;
  }

  putAlias(aliasArn: string, versionArn: string): void {
    this.#aliases.set(aliasArn, versionArn);
  }

  list(): readonly StateMachine[] {
    return [...this.#machines.values()];
  }

  delete(arn: string): void {
    this.#machines.delete(arn);
  }

  /** @throws AwsError StateMachineDoesNotExist */
  get(arn: string): StateMachine {
    const machine = this.#machines.get(arn);
    if (machine === undefined) throw notThere(arn);
    return machine;
  }

  /** The machine and the revision that an ARN of a machine, a version or an alias means. */
  resolve(arn: string): { machine: StateMachine; revision: Revision; versionArn: string | undefined } {
    const meant = this.#aliases.get(arn) ?? arn;
    const machine = this.get(meant.split(':').slice(0, 7).join(':'));
    if (machine.arn === meant) return { machine, revision: machine.current, versionArn: undefined };
    const revision = machine.versions.get(meant);
    if (revision === undefined) throw notThere(arn);
    return { machine, revision, versionArn: meant };
  }
}

const notThere = (arn: string) =>
  new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`, 400);
