import { Duration, Stack } from 'aws-cdk-lib';
import {
  Dashboard,
  DashboardVariable,
  DefaultValue,
  GraphWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  Stats,
  TextWidget,
  Values,
  VariableInputType,
  VariableType,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { dashboardName, functionName } from '../names.ts';

/** What the dashboard shows. */
export interface OverviewProps {
  readonly stateMachine: StateMachine;
  /** The verbs whose logs tell a rollout's story. */
  readonly functions: readonly string[];
  /** `service@target` of every service of this engine: what one chooses from. */
  readonly services: readonly string[];
  readonly runbook: string;
}

/** Stands in the queries wherever the chosen service goes. */
const CHOSEN = 'SERVICE-AT-TARGET';
const FULL_WIDTH = 24;

/** One dashboard for all services of an engine, with the service as its variable. */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, { stateMachine, functions, services, runbook }: OverviewProps) {
    super(scope, id);
    const logGroupNames = functions.map((name) => `/aws/lambda/${functionName(name)}`);
    const logs = (title: string, filter: string, fields: string): LogQueryWidget =>
      new LogQueryWidget({
        title,
        logGroupNames,
        view: LogQueryVisualizationType.TABLE,
        queryLines: [
          `fields @timestamp, ${fields}`,
          `filter service_target = "${CHOSEN}"${filter}`,
          'sort @timestamp desc',
          'limit 100',
        ],
        width: FULL_WIDTH,
        height: 8,
      });
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: dashboardName(Stack.of(this).region),
      defaultInterval: Duration.hours(12),
      variables: [
        new DashboardVariable({
          id: 'service',
          label: 'Service',
          type: VariableType.PATTERN,
          inputType: services.length === 0 ? VariableInputType.INPUT : VariableInputType.SELECT,
          value: CHOSEN,
          ...(services.length > 0 && { values: Values.fromValues(...services.map((value) => ({ value }))) }),
          defaultValue: DefaultValue.value(services[0] ?? 'podinfo@prod-eu'),
          visible: true,
        }),
      ],
    });
    dashboard.addWidgets(
      new TextWidget({
        markdown: `A red execution is a rollback or worse: its error says which. [Runbook](${runbook})`,
        width: FULL_WIDTH,
        height: 1,
      }),
    );
    dashboard.addWidgets(
      new GraphWidget({
        title: 'Rollouts of all services, an hour each',
        width: FULL_WIDTH,
        left: endings(stateMachine),
        leftYAxis: { min: 0, showUnits: false },
      }),
    );
    dashboard.addWidgets(logs('What happened', '', 'message, execution'));
    dashboard.addWidgets(
      logs('Warnings and errors', ' and level in ["WARN", "ERROR"]', 'level, message, execution'),
    );
  }
}

const endings = (stateMachine: StateMachine) => {
  const options = { statistic: Stats.SUM, period: Duration.hours(1) };
  return [
    stateMachine.metricStarted({ ...options, label: 'started' }),
    stateMachine.metricSucceeded({ ...options, label: 'promoted' }),
    stateMachine.metricFailed({ ...options, label: 'rolled back or failed' }),
    stateMachine.metricAborted({ ...options, label: 'stopped' }),
    stateMachine.metricTimedOut({ ...options, label: 'timed out' }),
  ];
};
