import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Bundles } from './bundle.ts';
import { Alarms } from './engine/alarms.ts';
import { EngineEvents } from './engine/engine-events.ts';
import { EngineFunction } from './engine/engine-function.ts';
import { News } from './engine/news.ts';
import { Overview } from './engine/overview.ts';
import { RolloutMachine } from './engine/rollout-machine.ts';
import { Undelivered } from './engine/undelivered.ts';
import { FUNCTIONS } from './functions.ts';
import { ENGINE, pascalCase } from './names.ts';
import type { Network } from './targets.ts';

/** What an engine is made from. */
export interface EngineStackProps extends StackProps {
  readonly bundles: Bundles;
  /** The text of the state machine's definition. */
  readonly definition: string;
  /** `service@target` of the services here, for the dashboard's choice. */
  readonly services: readonly string[];
  /** Where the runbook is read, without a heading. */
  readonly runbook: string;
  /** @default - no VPC */
  readonly network?: Network | undefined;
  /** Whether the table, with all that was decided, can be deleted. @default - it cannot */
  readonly disposable?: boolean;
}

/** Functions whose errors nobody catches: the state machine sees those of its own. */
const ALARMED = ['start-rollout', 'rescue', 'watchdog'];

/** What all services of an account and region share: machine, functions, table, topic, rules, alarms, dashboard. */
export class EngineStack extends Stack {
  /** By verb. */
  readonly functions: ReadonlyMap<string, EngineFunction>;

  constructor(scope: Construct, id: string, props: EngineStackProps) {
    super(scope, id, { description: 'stepcanary: the engine of canary releases', ...props });
    const disposable = props.disposable ?? false;
    const table = new Table(this, 'Table', {
      tableName: ENGINE.table,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: !disposable,
      removalPolicy: disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    const topic = new News(this, 'Topic');
    const undelivered = new Undelivered(this, 'Undelivered');

    const functions = FUNCTIONS.map(
      (spec) =>
        new EngineFunction(this, pascalCase(spec.name), {
          spec,
          bundles: props.bundles,
          shared: { table, topic, runbook: props.runbook },
          network: props.network,
        }),
    );
    this.functions = new Map(functions.map((each) => [each.spec.name, each]));
    const { stateMachine, logGroup } = new RolloutMachine(this, 'Rollout', {
      definition: props.definition,
      functions: functions.filter(({ spec }) => spec.caller === 'stateMachine'),
    });
    new EngineEvents(this, 'Events', {
      startRollout: this.#function('start-rollout'),
      rescue: this.#function('rescue'),
      watchdog: this.#function('watchdog'),
      undelivered,
    });
    new Alarms(this, 'Alarms', {
      stateMachine,
      machineLog: logGroup,
      undelivered,
      functions: Object.fromEntries(ALARMED.map((name) => [name, this.#function(name)])),
      topic,
      runbook: props.runbook,
    });
    new Overview(this, 'Overview', {
      stateMachine,
      functions: FUNCTIONS.map(({ name }) => name),
      services: props.services,
      runbook: props.runbook,
    });
    new CfnOutput(this, 'StateMachineArn', { value: stateMachine.stateMachineArn });
    new CfnOutput(this, 'TopicArn', { value: topic.topicArn });
    new CfnOutput(this, 'TableName', { value: table.tableName });
  }

  #function(name: string): LambdaFunction {
    const found = this.functions.get(name);
    if (found === undefined) throw new Error(`infra/functions.ts: there is no function ${name}`);
    return found.function;
  }
}
