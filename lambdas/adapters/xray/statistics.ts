import {
  GetTimeSeriesServiceStatisticsCommand,
  type TimeSeriesServiceStatistics,
  type XRayClient,
} from '@aws-sdk/client-xray';

/** GetTimeSeriesServiceStatistics looks at most this far back at once: six hours. */
export const MOST_MS = 6 * 3_600_000;

const quoted = (name: string): string => `"${name.replace(/["\\]/g, '\\$&')}"`;

/** Requests that a service answered; with callers, those of theirs only. */
export const selector = (service: string, callers: readonly string[] = []): string =>
  callers.length === 0
    ? `service(${quoted(service)})`
    : callers.map((caller) => `edge(${quoted(caller)}, ${quoted(service)})`).join(' OR ');

/** The statistics of what an expression selects, period by period, all pages read. */
export const timeSeries = async (
  client: XRayClient,
  of: { from: Date; to: Date; expression: string; period: number },
): Promise<readonly TimeSeriesServiceStatistics[]> => {
  const found: TimeSeriesServiceStatistics[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new GetTimeSeriesServiceStatisticsCommand({
        StartTime: of.from,
        EndTime: of.to,
        EntitySelectorExpression: of.expression,
        Period: of.period,
        ...(token !== undefined && { NextToken: token }),
      }),
    );
    found.push(...(page.TimeSeriesServiceStatistics ?? []));
    token = page.NextToken === '' ? undefined : page.NextToken;
  } while (token !== undefined);
  return found;
};
