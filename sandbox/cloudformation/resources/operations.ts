import { items, needed, type ResourceContext, type ResourceProviders } from '../provider.ts';
import type { Fields } from '../template.ts';
import { type ApiCall, camelCased, pick } from './api.ts';

const ALARM = [
  'AlarmDescription ActionsEnabled OKActions AlarmActions InsufficientDataActions MetricName Namespace Statistic',
  'ExtendedStatistic Dimensions Period Unit EvaluationPeriods DatapointsToAlarm Threshold ComparisonOperator',
  'TreatMissingData EvaluateLowSampleCountPercentile Metrics ThresholdMetricId',
].flatMap((line) => line.split(' '));
const COMPOSITE = ['AlarmDescription', 'ActionsEnabled', 'OKActions', 'AlarmActions', 'AlarmRule'];

/** Alarms, dashboards, trace groups, log groups and access to clusters. */
export const operationsResources = (call: ApiCall): ResourceProviders => {
  const putAlarm =
    (operation: string, members: readonly string[]) =>
    async (properties: Fields, { name, arn }: ResourceContext) => {
      const AlarmName = name(properties.AlarmName, 255);
      await call('cloudwatch', operation, { AlarmName, ...pick(properties, ...members) });
      return { ref: AlarmName, attributes: { Arn: arn('cloudwatch', `alarm:${AlarmName}`) } };
    };

  const putDashboard = async (properties: Fields, { name }: ResourceContext) => {
    const DashboardName = name(properties.DashboardName, 255);
    await call('cloudwatch', 'PutDashboard', { DashboardName, ...pick(properties, 'DashboardBody') });
    return { ref: DashboardName };
  };

  const createAccessEntry = async (properties: Fields) => {
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

  /** Nothing in the sandbox reads log groups: functions' lines go to its owner. */
  const nameLogGroup = (properties: Fields, { name, arn }: ResourceContext) => {
    const logGroup = name(properties.LogGroupName, 512);
    return { ref: logGroup, attributes: { Arn: arn('logs', `log-group:${logGroup}:*`) } };
  };

  return {
    'AWS::CloudWatch::Alarm': putAlarm('PutMetricAlarm', ALARM),
    'AWS::CloudWatch::CompositeAlarm': putAlarm('PutCompositeAlarm', COMPOSITE),
    'AWS::CloudWatch::Dashboard': putDashboard,
    'AWS::EKS::AccessEntry': createAccessEntry,
    'AWS::Logs::LogGroup': nameLogGroup,
    'AWS::XRay::Group': async (properties, { logicalId }) => {
      await call('xray', 'CreateGroup', pick(properties, 'GroupName', 'FilterExpression'));
      return {
        ref: logicalId,
        attributes: { GroupARN: logicalId, GroupName: needed(properties, 'GroupName') },
      };
    },
    // Facts about the synthesis itself.
    'AWS::CDK::Metadata': (_properties, { logicalId }) => ({ ref: logicalId }),
  };
};
