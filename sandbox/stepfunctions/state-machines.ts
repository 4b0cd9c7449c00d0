import { AwsError } from '../aws/service.ts';
import { Aliases, machineOf } from './aliases.ts';
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
  /** `INITIAL`, and after each update another. */
  readonly revisionId: string;
}

export interface StateMachine {
  readonly arn: string;
  readonly createdAt: Date;
  current: Revision;
  updates: number;
  /** Number of the newest version; those of deleted ones are not given again. */
  published: number;
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
  readonly aliases = new Aliases();

  /**
   * As CreateStateMachine, which may be repeated with the same input.
   * @throws AwsError InvalidDefinition, StateMachineAlreadyExists
   */
  create(arn: string, input: StateMachineInput, now: number): StateMachine {
    const known = this.#machines.get(arn);
    if (known === undefined) return this.put(arn, input, now);
    const { definition, roleArn, type } = known.current.input;
    if (definition === input.definition && roleArn === input.roleArn && type === input.type) return known;
    throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`, 400);
  }

  /** Creates the machine or gives it a new definition. @throws AwsError InvalidDefinition */
  put(arn: string, input: StateMachineInput, now: number): StateMachine {
    const known = this.#machines.get(arn);
    const updates = known === undefined ? 0 : known.updates + 1;
    const current: Revision = {
      input,
      definition: readDefinition(input.definition),
      createdAt: new Date(now),
      revisionId: updates === 0 ? 'INITIAL' : `revision-${updates}`,
    };
    if (known !== undefined) Object.assign(known, { current, updates });
    const machine = known ?? {
      arn,
      createdAt: current.createdAt,
      current,
      updates,
      published: 0,
      versions: new Map(),
    };
    this.#machines.set(arn, machine);
    return machine;
  }

  /**
   * Publishes what the machine is now and returns the version's ARN: the newest one's when nothing has changed since.
   * @throws AwsError StateMachineDoesNotExist; ConflictException where the machine is not at `revisionId` any more
   */
  publish(arn: string, revisionId?: string): string {
    const machine = this.get(arn);
    if (revisionId !== undefined && revisionId !== machine.current.revisionId) {
      const is = machine.current.revisionId;
      throw new AwsError('ConflictException', `The revision is ${is}, not ${revisionId}: ${arn}`, 400);
    }
    const newest = `${arn}:${machine.published}`;
    if (machine.versions.get(newest) === machine.current) return newest;
    machine.published++;
    const version = `${arn}:${machine.published}`;
    machine.versions.set(version, machine.current);
    return version;
  }

  /** @throws AwsError ConflictException while an alias points to it */
  deleteVersion(versionArn: string): void {
    if (this.aliases.pointTo(versionArn)) {
      throw new AwsError('ConflictException', `Version is referenced by an alias: ${versionArn}`, 400);
    }
    this.#machines.get(machineOf(versionArn))?.versions.delete(versionArn);
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

  /**
   * The machine and the revision that an ARN of a machine, a version or an alias means.
   * @param random decides between the two versions of an alias
   * @throws AwsError StateMachineDoesNotExist
   */
  resolve(
    arn: string,
    random: () => number = () => 0,
  ): {
    machine: StateMachine;
    revision: Revision;
    versionArn: string | undefined;
    aliasArn: string | undefined;
  } {
    const drawn = this.aliases.draw(arn, random);
    const meant = drawn ?? arn;
    const machine = this.get(machineOf(meant));
    const aliasArn = drawn === undefined ? undefined : arn;
    if (machine.arn === meant) return { machine, revision: machine.current, versionArn: undefined, aliasArn };
    const revision = machine.versions.get(meant);
    if (revision === undefined) throw notThere(arn);
    return { machine, revision, versionArn: meant, aliasArn };
  }
}

/** What a text that is no ARN is refused with, by every operation that takes one. */
export const invalidArn = (text: string): AwsError | undefined =>
  text.startsWith('arn:')
    ? undefined
    : new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${text}'`, 400);

const notThere = (arn: string) =>
  invalidArn(arn) ?? new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`, 400);
