import type { Rollout, Side } from '../rollout.ts';
import { matchedRouteName } from '../spec/match.ts';
import { abOf } from '../spec/strategy.ts';
import type { AnnounceTask } from '../tasks.ts';
import type { HandLine } from './story.ts';

/** A word for a POSIX shell: as it is where that is safe, else in single quotes. */
const quote = (word: string): string =>
  /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const shell = (...words: readonly string[]): string => words.map(quote).join(' ');

/** Gives the named node 100 and every other target 0, in whichever of the four route types this is; nothing else changes. */
const WEIGHTS =
  '(.httpRoute,.http2Route,.grpcRoute,.tcpRoute | select(.) | .action.weightedTargets[]) |= ' +
  '(.weight = (if .virtualNode == $safe then 100 else 0 end))';

const routeOptions = ({ spec, target }: Rollout, route: string): string[] => {
  const { mesh, meshOwner, virtualRouter } = spec.router.appMesh;
  return [
    ...['--region', target.region, '--mesh-name', mesh],
    ...(meshOwner === undefined ? [] : ['--mesh-owner', meshOwner]),
    ...['--virtual-router-name', virtualRouter, '--route-name', route],
  ];
};

const setRoute = (rollout: Rollout, safe: Side): string => {
  const { appMesh } = rollout.spec.router;
  const which = routeOptions(rollout, appMesh.route);
  const present = shell(
    'aws',
    'appmesh',
    'describe-route',
    ...which,
    '--query',
    'route.spec',
    '--output',
    'json',
  );
  const wanted = shell('jq', '-c', '--arg', 'safe', appMesh[safe], WEIGHTS);
  return `${shell('aws', 'appmesh', 'update-route', ...which)} --spec "$(${present} | ${wanted})"`;
};

/** With A/B, requests with a route of their own go by it as long as it is there. */
const removeMatched = (rollout: Rollout): HandLine[] => {
  if (abOf(rollout.spec) === undefined) return [];
  const matched = matchedRouteName(rollout.spec.router.appMesh.route);
  const line = shell('aws', 'appmesh', 'delete-route', ...routeOptions(rollout, matched));
  return [{ what: `Take the route ${matched} away, if it is there`, line }];
};

/** As many replicas as the larger of the two Deployments wants: enough for all traffic. */
const scale = ({ spec, target }: Rollout, safe: Side): string => {
  const { namespace, primary, canary } = spec.workload;
  const login = shell('aws', 'eks', 'update-kubeconfig', '--region', target.region, '--name', target.cluster);
  const wanted = `kubectl -n ${quote(namespace)} get ${shell('deployment', primary, canary)} -o jsonpath='{range .items[*]}{.spec.replicas}{"\\n"}{end}' | sort -n | tail -1`;
  const set = shell('kubectl', '-n', namespace, 'scale', `deployment/${spec.workload[safe]}`);
  return `${login} && ${set} --replicas="$(${wanted})"`;
};

const regionOf = (arn: string): string => arn.split(':')[3] ?? '';

/**
 * Lines to paste that need nothing of ours (AWS CLI, jq, kubectl): stop the execution, give the safe side all
 * traffic, and give it the pods for that. In this order: a stopped execution undoes none of the other two. One that has
 * ended already is not stopped.
 */
export const handLines = (
  { rollout, ended = false }: Pick<AnnounceTask, 'rollout' | 'ended'>,
  safe: Side,
): readonly HandLine[] => {
  const { arn } = rollout.execution;
  const stop = ['aws', 'stepfunctions', 'stop-execution', '--region', regionOf(arn), '--execution-arn', arn];
  return [
    ...(ended ? [] : [{ what: 'Stop the execution', line: shell(...stop) }]),
    { what: `Give ${rollout.spec.router.appMesh[safe]} all traffic`, line: setRoute(rollout, safe) },
    ...removeMatched(rollout),
    { what: `Give ${rollout.spec.workload[safe]} pods for all traffic`, line: scale(rollout, safe) },
  ];
};
