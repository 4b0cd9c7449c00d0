import { Stack } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { SECRET } from '../../lambdas/core/spec/hooks.ts';
import { matchedRouteName } from '../../lambdas/core/spec/match.ts';
import type { RolloutSpec } from '../../lambdas/core/spec/schema.ts';
import { prometheusServersOf } from '../../lambdas/core/spec/source.ts';
import { abOf } from '../../lambdas/core/spec/strategy.ts';
import { acknowledge } from '../acknowledge.ts';
import { ENGINE, serviceAtTarget } from '../names.ts';
import type { DeployableService } from '../rollouts.ts';

/** Secrets that headers name. */
const secretsIn = (headers: Readonly<Record<string, string>>): string[] =>
  Object.values(headers).flatMap((value) => SECRET.exec(value)?.[1] ?? []);

const SESSION_ACTIONS = ['sts:SetSourceIdentity', 'sts:TagSession'];

/**
 * The role of one service, which the engine's functions assume for its rollouts: it reaches exactly the route, nodes,
 * cluster, repository and secret that the spec names. Session name and source identity say which execution acts.
 */
export class ServiceRole extends Role {
  readonly #spec: RolloutSpec;

  constructor(scope: Construct, id: string, { spec, target }: Omit<DeployableService, 'file'>) {
    const { account } = Stack.of(scope);
    const engine = new AccountPrincipal(account).withConditions({
      ArnLike: { 'aws:PrincipalArn': `arn:*:iam::${account}:role${ENGINE.enginePath}*` },
    });
    super(scope, id, {
      path: ENGINE.servicePath,
      assumedBy: engine,
      description: `stepcanary: rollouts of ${serviceAtTarget(spec)}`,
    });
    this.assumeRolePolicy?.addStatements(
      new PolicyStatement({
        actions: SESSION_ACTIONS,
        principals: [engine],
      }),
    );
    this.#spec = spec;
    this.#allow('ReadCluster', ['eks:DescribeCluster'], [this.#arn('eks', `cluster/${target.cluster}`)]);
    this.#allow(
      'ReadImages',
      ['ecr:DescribeImages', 'ecr:BatchGetImage'],
      [this.#arn('ecr', `repository/${spec.trigger.ecr.repository}`)],
    );
    this.#allowRouter();
    this.#allowEvidence();
    this.#allowSlack();
    this.#allowHooks();
  }

  #allowRouter(): void {
    const { virtualRouter, route, primary, canary } = this.#spec.router.appMesh;
    const router = this.#mesh(`virtualRouter/${virtualRouter}`);
    const routes = this.#mesh(`virtualRouter/${virtualRouter}/route/${route}`);
    const nodes = [primary, canary].flatMap((node) => this.#mesh(`virtualNode/${node}`));
    this.#allow('ReadRoute', ['appmesh:DescribeRoute', 'appmesh:ListTagsForResource'], routes);
    // Shifting names both nodes, and AWS checks the action on them too. The tag says whose route it is.
    this.#allow('ShiftTraffic', ['appmesh:UpdateRoute'], [...routes, ...nodes]);
    this.#allow('OwnRoute', ['appmesh:TagResource'], routes);
    this.#allow('ReadRouter', ['appmesh:DescribeVirtualRouter', 'appmesh:ListRoutes'], router);
    this.#allow('ReadNodes', ['appmesh:DescribeVirtualNode'], nodes);
    if (abOf(this.#spec) !== undefined) this.#allowMatchedRoute(nodes);
  }

  /** A/B makes and takes away exactly one route, and has to know what stands before and after it. */
  #allowMatchedRoute(nodes: string[]): void {
    const { virtualRouter, route } = this.#spec.router.appMesh;
    const matched = this.#mesh(`virtualRouter/${virtualRouter}/route/${matchedRouteName(route)}`);
    this.#allow('MatchRequests', ['appmesh:CreateRoute', 'appmesh:UpdateRoute'], [...matched, ...nodes]);
    this.#allow(
      'OwnMatchedRoute',
      ['appmesh:DeleteRoute', 'appmesh:ListTagsForResource', 'appmesh:TagResource'],
      matched,
    );
    const beside = this.#mesh(`virtualRouter/${virtualRouter}/route/*`);
    this.#allow('ReadRoutes', ['appmesh:DescribeRoute'], beside);
    for (const arn of beside)
      acknowledge(
        this,
        `AwsSolutions-IAM5[Resource::${arn}]`,
        'A/B reads the priorities of its virtual router’s other routes, so that its own is tried right before one of them.',
      );
  }

  #allowEvidence(): void {
    this.#allow('ReadMetrics', ['cloudwatch:GetMetricData', 'cloudwatch:ListMetrics'], ['*']);
    this.#allow('ReadTraces', ['xray:GetTimeSeriesServiceStatistics'], ['*']);
    acknowledge(
      this,
      'AwsSolutions-IAM5[Resource::*]',
      'Reading metrics and trace statistics knows no resource (service authorization reference); nothing is written.',
    );
    const servers = prometheusServersOf(this.#spec.analysis);
    const workspaces = servers.flatMap(({ workspace }) => workspace ?? []);
    if (workspaces.length > 0)
      this.#allow(
        'QueryPrometheus',
        ['aps:QueryMetrics'],
        [...new Set(workspaces)].map((workspace) => this.#arn('aps', `workspace/${workspace}`)),
      );
    const secrets = servers.flatMap(({ auth, headers }) => [
      ...(auth === undefined ? [] : [auth.secret]),
      ...secretsIn(headers ?? {}),
    ]);
    if (secrets.length > 0)
      this.#allow(
        'ReadPrometheusSecrets',
        ['secretsmanager:GetSecretValue'],
        [...new Set(secrets)].map((secret) => this.#secret(secret)),
      );
  }

  #allowSlack(): void {
    const secret = this.#spec.alerts.slack?.secret;
    if (secret !== undefined)
      this.#allow('ReadSlackWebhook', ['secretsmanager:GetSecretValue'], [this.#secret(secret)]);
  }

  /** Secrets and functions that hooks name; a function by its version or alias is named so in IAM, too. */
  #allowHooks(): void {
    const { hooks } = this.#spec;
    const secrets = hooks.flatMap(({ headers }) => secretsIn(headers));
    const functions = hooks.flatMap(({ function: arn }) => arn ?? []);
    if (secrets.length > 0)
      this.#allow(
        'ReadHookSecrets',
        ['secretsmanager:GetSecretValue'],
        [...new Set(secrets)].map((secret) => this.#secret(secret)),
      );
    if (functions.length > 0) this.#allow('CallHooks', ['lambda:InvokeFunction'], [...new Set(functions)]);
  }

  /** Secrets Manager ends each ARN in a dash and six characters of its own. */
  #secret(secret: string): string {
    return secret.startsWith('arn:') ? secret : this.#arn('secretsmanager', `secret:${secret}-??????`);
  }

  #allow(sid: string, actions: string[], resources: string[]): void {
    this.addToPolicy(new PolicyStatement({ sid, actions, resources }));
  }

  /** In a shared mesh the mesh belongs to another account, and its ARNs are of that account. */
  #mesh(resource: string): string[] {
    const { mesh, meshOwner } = this.#spec.router.appMesh;
    const accounts = [...new Set([Stack.of(this).account, meshOwner ?? Stack.of(this).account])];
    return accounts.map((account) => this.#arn('appmesh', `mesh/${mesh}/${resource}`, account));
  }

  #arn(service: string, resource: string, account = Stack.of(this).account): string {
    const { partition, region } = Stack.of(this);
    return `arn:${partition}:${service}:${region}:${account}:${resource}`;
  }
}
