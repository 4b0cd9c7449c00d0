import type { Place } from '../place.ts';
import type { EventPattern } from './pattern.ts';

/** An event on a bus, in the envelope that targets see. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** The parts of a target that the sandbox acts on. */
export interface Target {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
  readonly RetryPolicy?: {
    readonly MaximumRetryAttempts?: number;
    readonly MaximumEventAgeInSeconds?: number;
  };
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

/** What PutRule says. */
export interface RuleInput {
  readonly name: string;
  /** @default default */
  readonly bus?: string | undefined;
  readonly pattern?: EventPattern | undefined;
  readonly schedule?: string | undefined;
  /** @default ENABLED */
  readonly state?: string | undefined;
  readonly description?: string | undefined;
  readonly roleArn?: string | undefined;
}

export interface Rule extends RuleInput {
  readonly arn: string;
  readonly bus: string;
  readonly state: string;
  readonly place: Place;
  readonly targets: Map<string, Target>;
}

/** One delivery to one target. */
export interface Delivery {
  readonly target: Target;
  readonly rule: Pick<Rule, 'name' | 'arn' | 'place'>;
  readonly event: BusEvent;
  /** What the target gets: JSON text. */
  readonly input: string;
  /** 1 for the first try. */
  readonly attempt: number;
}

/** Brings an event to its target. An AwsError that a service would call final is not tried again; anything else is. */
export type Deliver = (delivery: Delivery) => Promise<void> | void;
