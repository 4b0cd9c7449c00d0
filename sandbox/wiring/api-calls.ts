import type { Passthrough } from '../aws/attempt.ts';
import type { IamStore } from '../aws/iam/store.ts';
import { AwsError, type Behaviours, type Call, type Caller } from '../aws/service.ts';
import type { Place } from '../aws/services/place.ts';
import type { Clock } from '../clock.ts';

/** A JSON object. */
type Fields = Readonly<Record<string, unknown>>;

/**
 * Calls one of the sandbox's APIs inside this process: service by IAM prefix, input and output in the SDK's shapes.
 * Rejects with the service's AwsError, or NotImplemented for what the sandbox does not have.
 */
export type ApiCall = (service: string, operation: string, input: Fields, place?: Place) => Promise<Fields>;

export interface ApiCallsOptions {
  readonly clock: Clock;
  readonly home: Place;
  readonly iam: IamStore;
  readonly services: () => Readonly<Record<string, Behaviours>>;
  readonly whole: Readonly<Record<string, Passthrough>>;
}

/** DynamoDB's protocol, for calls that don't come over HTTP. */
const throughWhole = async (service: Passthrough, call: Call, input: Fields): Promise<Fields> => {
  const date = new Date(call.now).toISOString().replace(/[-:]|\.\d+/g, '');
  const credential = `owner/${date.slice(0, 8)}/${call.region}/${call.service}/aws4_request`;
  const answer = await service(
    {
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: {
        host: `${call.service}.${call.region}.amazonaws.com`,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${call.operation}`,
        'x-amz-date': date,
        authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`,
      },
      body: Buffer.from(JSON.stringify(input)),
    },
    call,
  );
  const output = JSON.parse(String(answer.body) || '{}') as Fields;
  if (answer.status < 400) return output;
  throw new AwsError(String(output.__type).replace(/^.*#/, ''), String(output.message ?? output.Message));
};

/** The sandbox's own way to its APIs: as the owner, or as a role, whose policies then decide. */
export class ApiCalls {
  readonly #options: ApiCallsOptions;

  constructor(options: ApiCallsOptions) {
    this.#options = options;
  }

  /** As the sandbox's owner, who may do everything. */
  readonly asOwner: ApiCall = (service, operation, input, place) => {
    const caller = { ...this.#options.iam.resolve(''), account: (place ?? this.#options.home).account };
    return this.#run(this.#call(service, operation, caller, place), input);
  };

  /** As a session of a role: refused like a call over the network when its policies don't allow it. */
  asRole(roleArn: string, sessionName: string): ApiCall {
    return async (service, operation, input, place) => {
      const call = this.#call(service, operation, this.#session(roleArn, sessionName), place);
      await this.#options.iam.authorize(call, input);
      return this.#run(call, input);
    };
  }

  /**
   * Asks whether a role may do something that the sandbox itself then does in its name.
   * @throws AwsError, the service's refusal
   */
  async authorize(roleArn: string, sessionName: string, service: string, operation: string, input: Fields) {
    const call = this.#call(service, operation, this.#session(roleArn, sessionName), undefined);
    await this.#options.iam.authorize(call, input);
  }

  #session(roleArn: string, sessionName: string): Caller {
    const [, , , , account = '', resource = ''] = roleArn.split(':');
    const arn = `arn:aws:sts::${account}:assumed-role/${resource.split('/').at(-1)}/${sessionName}`;
    return { account, roleArn, arn, sessionName, sourceIdentity: undefined };
  }

  #call(service: string, operation: string, caller: Caller, place: Place | undefined): Call {
    const { clock, home } = this.#options;
    const { region } = place ?? home;
    return { service, operation, region, account: caller.account, caller, now: clock.now() };
  }

  async #run(call: Call, input: Fields): Promise<Fields> {
    const { services, whole } = this.#options;
    const passthrough = whole[call.service];
    if (passthrough !== undefined) return throughWhole(passthrough, call, input);
    const behaviour = services()[call.service]?.[call.operation];
    if (behaviour === undefined) {
      const message = `The sandbox does not implement ${call.service}:${call.operation}.`;
      throw new AwsError('NotImplemented', message, 501);
    }
    return ((await behaviour(input, call)) ?? {}) as Fields;
  }
}
