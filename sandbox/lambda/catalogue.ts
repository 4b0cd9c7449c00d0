import { AwsError } from '../aws/service.ts';
import { type FunctionConfig, functionArn, splitFunctionName } from './function-config.ts';

/** A version of a function: what an invocation runs. */
export interface FunctionVersion {
  readonly config: FunctionConfig;
  /** `$LATEST` or a number. */
  readonly version: string;
}

interface Entry {
  latest: FunctionConfig;
  /** What `$LATEST` was when the newest version was published. */
  published?: FunctionConfig;
  readonly versions: Map<string, FunctionConfig>;
  readonly aliases: Map<string, string>;
}

const LATEST = '$LATEST';

/** The functions of one account and region, with their published versions and aliases. */
export class FunctionCatalogue {
  readonly #place: { region: string; account: string };
  readonly #entries = new Map<string, Entry>();

  constructor(place: { region: string; account: string }) {
    this.#place = place;
  }

  /** Creates the function, or changes its `$LATEST`; published versions stay as they are. Returns what it replaced. */
  put(config: FunctionConfig): FunctionConfig | undefined {
    const entry = this.#entries.get(config.name);
    const replaced = entry?.latest;
    if (entry !== undefined) entry.latest = config;
    else this.#entries.set(config.name, { latest: config, versions: new Map(), aliases: new Map() });
    return replaced;
  }

  /** Publishes `$LATEST` as it is now; returns the version's number. The same code and configuration is not published twice. */
  publish(name: string): string {
    const entry = this.#entry(name);
    const { latest, versions } = entry;
    if (entry.published === latest) return String(versions.size);
    const version = String(versions.size + 1);
    versions.set(version, { ...latest });
    entry.published = latest;
    return version;
  }

  putAlias(name: string, alias: string, version: string): void {
    this.#entry(name).aliases.set(alias, version);
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  /** What callers most likely run: each function's newest version, or `$LATEST` where none is published. */
  newest(): string[] {
    return [...this.#entries].map(([name, { versions }]) =>
      versions.size === 0 ? name : `${name}:${versions.size}`,
    );
  }

  /**
   * The version that an invocation runs.
   * @throws AwsError ResourceNotFoundException
   */
  resolve(nameOrArn: string, qualifier?: string): FunctionVersion {
    const split = splitFunctionName(nameOrArn);
    const asked = qualifier ?? split.qualifier ?? LATEST;
    const { latest, versions, aliases } = this.#entry(split.name, asked);
    const version = aliases.get(asked) ?? asked;
    const config = version === LATEST ? latest : versions.get(version);
    if (config === undefined) throw this.#notFound(split.name, asked);
    return { config, version };
  }

  #entry(name: string, qualifier?: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw this.#notFound(name, qualifier === LATEST ? undefined : qualifier);
    return entry;
  }

  #notFound(name: string, qualifier: string | undefined): AwsError {
    const arn = functionArn(this.#place, name, qualifier);
    return new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
  }
}
