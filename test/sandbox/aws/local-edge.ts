import { onTestFinished } from 'vitest';
import type { Gate } from '../../../sandbox/aws/attempt.ts';
import { type CallRecord, type Edge, type EdgeOptions, startEdge } from '../../../sandbox/aws/edge.ts';
import { IamStore } from '../../../sandbox/aws/iam/store.ts';
import type { Call } from '../../../sandbox/aws/service.ts';
import { RealClock } from '../../../sandbox/clock.ts';
import { Faults } from '../../../sandbox/faults.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';

/** What a client needs to talk to the edge; `key` is the access key that it signs with. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly maxAttempts: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface LocalEdge {
  readonly edge: Edge;
  readonly iam: IamStore;
  readonly faults: Faults;
  readonly clock: RealClock;
  readonly calls: CallRecord[];
  readonly parked: Call[];
  readonly logged: string[];
  config(key?: string): ClientConfig;
}

/** An edge on a free port that ends with the test. */
export async function localEdge(
  options: Partial<Omit<EdgeOptions, 'services' | 'iam'>> & {
    services?: (iam: IamStore, clock: RealClock) => EdgeOptions['services'];
    iam?: IamStore;
    /** Decides in place of `iam`. */
    gate?: Gate;
  } = {},
): Promise<LocalEdge> {
  const { services = () => ({}), iam = new IamStore({ account: ACCOUNT }), gate = iam, ...rest } = options;
  const clock = new RealClock({ start: Date.UTC(2026, 10, 21, 12) });
  const faults = new Faults();
  const calls: CallRecord[] = [];
  const parked: Call[] = [];
  const logged: string[] = [];
  const edge = await startEdge({
    port: 0,
    clock,
    faults,
    iam: gate,
    services: services(iam, clock),
    onCall: (record) => calls.push(record),
    onParked: (call) => parked.push(call),
    log: (line) => logged.push(line),
    ...rest,
  });
  onTestFinished(async () => {
    await edge.close();
    clock.stop();
  });
  const config = (key = 'test') => ({
    endpoint: edge.endpoint,
    region: REGION,
    maxAttempts: 1,
    credentials: { accessKeyId: key, secretAccessKey: 'secret' },
  });
  return { edge, iam, faults, clock, calls, parked, logged, config };
}

/** A call of the sandbox's owner, for behaviours that are asked without an edge. */
export const ownerCall = (service: string, operation: string): Call => ({
  service,
  operation,
  region: REGION,
  account: ACCOUNT,
  caller: {
    account: ACCOUNT,
    roleArn: undefined,
    arn: `arn:aws:iam::${ACCOUNT}:user/owner`,
    sessionName: undefined,
    sourceIdentity: undefined,
  },
  now: Date.UTC(2026, 10, 21, 12),
});

/** Signs nothing: the edge reads the scope only. */
export const scoped = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20261121/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});
