import type { Telemetry } from '../../telemetry/telemetry.ts';
import { items, needed, type ResourceContext, type ResourceProviders } from '../provider.ts';
import type { Fields } from '../template.ts';
import { camelCased, pick } from './api.ts';

/** Registers an EKS cluster in the sandbox, where it is not there yet. */
export type EnsureCluster = (
  name: string,
  place: { readonly region: string; readonly account: string },
) => void;

const ALARM = [
  'AlarmDescription ActionsEnabled OKActions AlarmActions InsufficientDataActions MetricName Namespace Statistic',
  'ExtendedStatistic Dimensions Period Unit EvaluationPeriods DatapointsToAlarm Threshold ComparisonOperator',
  'TreatMissingData EvaluateLowSampleCountPercentile Metrics ThresholdMetricId',
].flatMap((line) => line.split(' '));
const COMPOSITE = ['AlarmDescription', 'ActionsEnabled', 'OKActions', 'AlarmActions', 'AlarmRule'];

const putAlarm =
  (operation: string, members: readonly string[]) =>
  async (properties: Fields, { name, arn, call }: ResourceContext) => {
    const AlarmName = name(properties.AlarmName, 255);
    await call('cloudwatch', operation, { AlarmName, ...pick(properties, ...members) });
    return { ref: AlarmName, attributes: { Arn: arn('cloudwatch', `alarm:${AlarmName}`) } };
  };

const putDashboard = async (properties: Fields, { name, call }: ResourceContext) => {
  const DashboardName = name(properties.DashboardName, 255);
  await call('cloudwatch', 'PutDashboard', { DashboardName, ...pick(properties, 'DashboardBody') });
  return { ref: DashboardName };
};

const createAccessEntry =
  (ensureCluster: EnsureCluster) => async (properties: Fields, context: ResourceContext) => {
    const { call } = context;
    ensureCluster(needed(properties, 'ClusterName'), context);
    const members = ['ClusterName', 'PrincipalArn', 'KubernetesGroups', 'Username', 'Type'];
    const input = camelCased(pick(properties, ...members)) as Fields;
    const { accessEntry } = await call('eks', 'CreateAccessEntry', input);
    for (const policy of items(properties, 'AccessPolicies')) {
      const { clusterName, principalArn } = input;
      await call('eks', 'AssociateAccessPolicy', {
        clusterName,
        principalArn,
        ...(camelCased(policy) as Fields),
      });
    }
    const { accessEntryArn } = accessEntry as Fields;
    return {
      ref: `${input.principalArn}|${input.clusterName}`,
      attributes: { AccessEntryArn: accessEntryArn },
    };
  };

const createLogGroup = async (properties: Fields, { name, arn, call }: ResourceContext) => {
  const logGroup = name(properties.LogGroupName, 512);
  await call('logs', 'CreateLogGroup', { logGroupName: logGroup });
  return { ref: logGroup, attributes: { Arn: arn('logs', `log-group:${logGroup}:*`) } };
};

const createMetricFilter = (telemetry: Telemetry) => (properties: Fields, context: ResourceContext) => {
  for (const transformation of items(properties, 'MetricTransformations') as Fields[]) {
    telemetry.filters.add(context, {
      logGroup: needed(properties, 'LogGroupName'),
      pattern: needed(properties, 'FilterPattern'),
      namespace: needed(transformation, 'MetricNamespace'),
      metric: needed(transformation, 'MetricName'),
      value: Number(needed(transformation, 'MetricValue')),
    });
  }
  return { ref: context.logicalId };
};

/** Alarms, dashboards, trace groups, log groups and access to clusters. */
export const operationsResources = (
  telemetry: Telemetry,
  ensureCluster: EnsureCluster,
): ResourceProviders => ({
  'AWS::CloudWatch::Alarm': putAlarm('PutMetricAlarm', ALARM),
  'AWS::CloudWatch::CompositeAlarm': putAlarm('PutCompositeAlarm', COMPOSITE),
  'AWS::CloudWatch::Dashboard': putDashboard,
  'AWS::EKS::AccessEntry': createAccessEntry(ensureCluster),
  'AWS::Logs::LogGroup': createLogGroup,
  'AWS::XRay::Group': async (properties, { logicalId, call }) => {
    await call('xray', 'CreateGroup', pick(properties, 'GroupName', 'FilterExpression'));
    return {
      ref: logicalId,
      attributes: { GroupARN: logicalId, GroupName: needed(properties, 'GroupName') },
    };
  },
  // Facts about the synthesis itself.
  'AWS::CDK::Metadata': (_properties, { logicalId }) => ({ ref: logicalId }),

  'AWS::Logs::MetricFilter': createMetricFilter(telemetry),
});
