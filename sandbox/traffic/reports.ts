import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { sourcesOf } from '../../lambdas/core/spec/source.ts';

/** Who calls a service whose spec reads no CloudWatch: its proxies report all the same. */
const UNREAD = { namespace: 'AppMesh', callers: ['ingress'] };

/**
 * The callers of a service, and the CloudWatch namespace in which their proxies report. Prometheus is shown the same
 * reports (sandbox/prometheus).
 */
export const reportsOf = (
  analysis: RolloutSpec['analysis'],
): { readonly namespace: string; readonly callers: readonly string[] } => {
  const sources = sourcesOf(analysis);
  const cloudWatch = sources.find((source) => source.cloudWatch !== undefined)?.cloudWatch;
  if (cloudWatch !== undefined) return cloudWatch;
  const callers = sources.find(({ prometheus }) => prometheus?.callers !== undefined)?.prometheus?.callers;
  return { ...UNREAD, ...(callers && { callers }) };
};
