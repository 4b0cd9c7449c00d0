import { AwsError, type Behaviours, type Call } from '../aws/service.ts';

/** PutDashboard, GetDashboard, ListDashboards, DeleteDashboards: bodies are kept as given once they are JSON. */
export const dashboardBehaviours = (): Behaviours => {
  const bodies = new Map<string, { body: string; at: number }>();
  const keyOf = ({ account }: Call, name: string) => `${account}/${name}`;
  const arnOf = ({ account }: Call, name: string) => `arn:aws:cloudwatch::${account}:dashboard/${name}`;
  return {
    PutDashboard: (
      { DashboardName, DashboardBody }: { DashboardName: string; DashboardBody: string },
      call,
    ) => {
      try {
        JSON.parse(DashboardBody);
      } catch (error) {
        throw new AwsError('DashboardInvalidInputError', `The dashboard body is not JSON: ${String(error)}`);
      }
      bodies.set(keyOf(call, DashboardName), { body: DashboardBody, at: call.now });
      return { DashboardValidationMessages: [] };
    },
    GetDashboard: ({ DashboardName }: { DashboardName: string }, call) => {
      const found = bodies.get(keyOf(call, DashboardName));
      if (found === undefined)
        throw new AwsError('DashboardNotFoundError', `Dashboard ${DashboardName} does not exist.`);
      return { DashboardArn: arnOf(call, DashboardName), DashboardName, DashboardBody: found.body };
    },
    ListDashboards: ({ DashboardNamePrefix = '' }: { DashboardNamePrefix?: string }, call) => ({
      DashboardEntries: [...bodies]
        .filter(([key]) => key.startsWith(keyOf(call, DashboardNamePrefix)))
        .map(([key, { body, at }]) => {
          const name = key.slice(call.account.length + 1);
          return {
            DashboardName: name,
            DashboardArn: arnOf(call, name),
            LastModified: new Date(at),
            Size: Buffer.byteLength(body),
          };
        }),
    }),
    DeleteDashboards: ({ DashboardNames }: { DashboardNames: string[] }, call) => {
      for (const name of DashboardNames) bodies.delete(keyOf(call, name));
      return {};
    },
  };
};
