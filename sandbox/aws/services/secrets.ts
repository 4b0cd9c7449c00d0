import { resourceOfArn, secretArn, uuidOf } from '../names.ts';
import { AwsError, type Behaviours, type Call } from '../service.ts';
import { pageOf } from './paging.ts';
import { PerPlace, type Place } from './place.ts';

interface Version {
  readonly id: string;
  readonly text: string | undefined;
  readonly binary: Uint8Array | undefined;
  readonly createdAt: Date;
}

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  /** Newest first: the first is AWSCURRENT, the second AWSPREVIOUS. */
  readonly versions: Version[];
}

/** A secret's value: text or bytes. */
export interface SecretValue {
  readonly text?: string | undefined;
  readonly binary?: Uint8Array | undefined;
}

const PAGE = 100;
const STAGES = ['AWSCURRENT', 'AWSPREVIOUS'];

/** The secrets of the sandbox, per account and region. */
export class SecretStore {
  readonly #secrets = new PerPlace(() => new Map<string, Secret>());

  /** By name, ARN, or ARN without its last six characters. */
  get(place: Place, id: string): Secret | undefined {
    const secrets = this.#secrets.at(place);
    const name = resourceOfArn(id).replace(/^secret:/, '');
    return secrets.get(name) ?? secrets.get(name.replace(/-[0-9a-zA-Z]{6}$/, ''));
  }

  /** Creates the secret or adds a version, which becomes the current one; without a value it has none yet. */
  put(place: Place, name: string, { text, binary }: SecretValue, at: number): Secret {
    const secrets = this.#secrets.at(place);
    const known = secrets.get(name);
    const secret: Secret = known ?? {
      name,
      arn: secretArn(place.region, place.account, name),
      createdAt: new Date(at),
      versions: [],
    };
    secrets.set(name, secret);
    if (text !== undefined || binary !== undefined) {
      const id = uuidOf(`${secret.arn} ${secret.versions.length}`);
      secret.versions.unshift({ id, text, binary, createdAt: new Date(at) });
    }
    return secret;
  }

  delete(place: Place, name: string): void {
    this.#secrets.at(place).delete(name);
  }

  list(place: Place): readonly Secret[] {
    return [...this.#secrets.at(place).values()];
  }
}

const identity = ({ arn, name, versions: [current] }: Secret) => ({
  ARN: arn,
  Name: name,
  ...(current !== undefined && { VersionId: current.id }),
});

const stagesOf = (index: number): string[] => STAGES.slice(index, index + 1);

function valueIn(
  secret: Secret,
  { VersionId, VersionStage = 'AWSCURRENT' }: { VersionId?: string; VersionStage?: string },
) {
  const index = secret.versions.findIndex((version, at) =>
    VersionId === undefined ? stagesOf(at).includes(VersionStage) : version.id === VersionId,
  );
  const version = secret.versions[index];
  if (version === undefined) {
    const wanted = VersionId === undefined ? `staging label: ${VersionStage}` : `VersionId: ${VersionId}`;
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${wanted}`,
    );
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    VersionStages: stagesOf(index),
    CreatedDate: version.createdAt,
    ...(version.text !== undefined && { SecretString: version.text }),
    ...(version.binary !== undefined && { SecretBinary: version.binary }),
  };
}

const given = (input: { SecretString?: string; SecretBinary?: Uint8Array }): SecretValue => ({
  text: input.SecretString,
  binary: input.SecretBinary,
});

/** AWS Secrets Manager. Deletion is at once: nothing here waits out a recovery window. */
export function secretsManager(store: SecretStore): Behaviours {
  const needed = (id: string, call: Call): Secret => {
    const secret = store.get(call, id);
    if (secret === undefined)
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return secret;
  };
  const putValue: Behaviours[string] = (input, call) => {
    const secret = store.put(call, needed(input.SecretId, call).name, given(input), call.now);
    return { ...identity(secret), VersionStages: stagesOf(0) };
  };
  return {
    CreateSecret(input, call) {
      if (store.get(call, input.Name) !== undefined) {
        const message = `The operation failed because the secret ${input.Name} already exists.`;
        throw new AwsError('ResourceExistsException', message);
      }
      return identity(store.put(call, input.Name, given(input), call.now));
    },
    GetSecretValue: (input, call) => valueIn(needed(input.SecretId, call), input),
    PutSecretValue: putValue,
    UpdateSecret: (input, call) =>
      identity(store.put(call, needed(input.SecretId, call).name, given(input), call.now)),
    DescribeSecret({ SecretId }, call) {
      const { arn, name, createdAt, versions } = needed(SecretId, call);
      const stages = versions.map(({ id }, index) => [id, stagesOf(index)]);
      return { ARN: arn, Name: name, CreatedDate: createdAt, VersionIdsToStages: Object.fromEntries(stages) };
    },
    ListSecrets({ MaxResults = PAGE, NextToken }, call) {
      const page = pageOf(store.list(call), {
        size: MaxResults,
        token: NextToken,
        invalid: 'InvalidNextTokenException',
      });
      return {
        SecretList: page.items.map(({ arn, name, createdAt }) => ({
          ARN: arn,
          Name: name,
          CreatedDate: createdAt,
        })),
        ...(page.next !== undefined && { NextToken: page.next }),
      };
    },
    DeleteSecret({ SecretId }, call) {
      const { arn, name } = needed(SecretId, call);
      store.delete(call, name);
      return { ARN: arn, Name: name, DeletionDate: new Date(call.now) };
    },
  };
}
