import { AwsError } from '../aws/service.ts';

/** Where executions that are started by an alias go: one version, or two with weights that sum to 100. */
export interface Route {
  readonly stateMachineVersionArn: string;
  /** Percent. */
  readonly weight: number;
}

export interface Alias {
  readonly arn: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly routes: readonly Route[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const invalid = (message: string) => new AwsError('ValidationException', message, 400);

/** ARN of the machine that a version or an alias belongs to. */
export const machineOf = (arn: string): string => arn.split(':').slice(0, 7).join(':');

/** The aliases of state machines (Step Functions developer guide, "State machine aliases"). */
export class Aliases {
  readonly #aliases = new Map<string, Alias>();

  /**
   * Creates an alias; the same one again is the one that is there.
   * @throws AwsError ConflictException where it is there with other versions, ValidationException
   */
  create(
    name: string,
    routes: readonly Route[],
    { description, now }: { description?: string; now: number },
  ): Alias {
    checkRoutes(routes);
    const arn = `${machineOf(routes[0]?.stateMachineVersionArn ?? '')}:${name}`;
    const known = this.#aliases.get(arn);
    if (known !== undefined) {
      if (JSON.stringify(known.routes) === JSON.stringify(routes)) return known;
      throw new AwsError('ConflictException', `Alias already exists: ${arn}`, 400);
    }
    const at = new Date(now);
    const alias = { arn, name, description, routes, createdAt: at, updatedAt: at };
    this.#aliases.set(arn, alias);
    return alias;
  }

  /** @throws AwsError ResourceNotFound, ValidationException */
  update(
    arn: string,
    { routes, description, now }: { routes?: readonly Route[]; description?: string; now: number },
  ): Alias {
    const known = this.get(arn);
    if (routes !== undefined) checkRoutes(routes);
    const changed = {
      ...known,
      routes: routes ?? known.routes,
      description: description ?? known.description,
      updatedAt: new Date(now),
    };
    this.#aliases.set(arn, changed);
    return changed;
  }

  delete(arn: string): void {
    this.#aliases.delete(arn);
  }

  /** @throws AwsError ResourceNotFound */
  get(arn: string): Alias {
    const alias = this.#aliases.get(arn);
    if (alias === undefined) throw new AwsError('ResourceNotFound', `Alias does not exist: ${arn}`, 400);
    return alias;
  }

  /** By the machine that they are of. */
  of(stateMachineArn: string): readonly Alias[] {
    return [...this.#aliases.values()].filter(({ arn }) => machineOf(arn) === stateMachineArn);
  }

  /** Whether an alias leads to a version. */
  pointTo(versionArn: string): boolean {
    return [...this.#aliases.values()].some(({ routes }) =>
      routes.some(({ stateMachineVersionArn }) => stateMachineVersionArn === versionArn),
    );
  }

  /** The version that an execution runs, drawn by weight; undefined for an ARN that is no alias. */
  draw(arn: string, random: () => number): string | undefined {
    const routes = this.#aliases.get(arn)?.routes;
    if (routes === undefined) return undefined;
    const [first, second] = routes;
    const takesFirst = second === undefined || random() * 100 < (first?.weight ?? 0);
    return (takesFirst ? first : second)?.stateMachineVersionArn;
  }
}

const checkRoutes = (routes: readonly Route[]): void => {
  if (routes.length === 0 || routes.length > 2) throw invalid('An alias points to one or two versions.');
  const sum = routes.reduce((total, { weight }) => total + weight, 0);
  if (sum !== 100) throw invalid(`The weights of an alias sum to 100, got ${sum}.`);
  const machines = new Set(routes.map(({ stateMachineVersionArn }) => machineOf(stateMachineVersionArn)));
  if (machines.size > 1) throw invalid('The versions of an alias are of one state machine.');
};
