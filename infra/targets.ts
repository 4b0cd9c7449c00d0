import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Target } from '../lambdas/core/rollout.ts';
import { problemsOf } from '../lambdas/core/spec/problems.ts';

/** The file of all targets, beside the specs. */
export const TARGETS_FILE = '_targets.yaml';

const vpc = z.strictObject({
  /** At least two, in different zones, that reach the cluster's endpoint and STS. */
  subnetIds: z
    .array(
      z.string().regex(/^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/, 'must be a subnet id, such as subnet-0a1b2c3d'),
    )
    .min(1),
  securityGroupIds: z
    .array(
      z.string().regex(/^sg-([0-9a-f]{8}|[0-9a-f]{17})$/, 'must be a security group id, such as sg-0a1b2c3d'),
    )
    .min(1),
});

const target = z.strictObject({
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region, such as eu-west-1'),
  account: z.custom<string>(
    (value) => typeof value === 'string' && /^\d{12}$/.test(value),
    'must be an account number of twelve digits in quotes, such as "111122223333"',
  ),
  cluster: z
    .string()
    .regex(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/, 'must be an EKS cluster name of up to 100 characters'),
  /** For clusters with a private endpoint: where the functions that talk to Kubernetes sit. */
  vpc: vpc.optional(),
});

const targets = z.record(
  z.string().regex(/^[a-z0-9]([-a-z0-9]{0,28}[a-z0-9])?$/, 'must have lower-case letters, digits and - only'),
  target,
);

/** Subnets and security groups of the functions that talk to Kubernetes. */
export type Network = z.output<typeof vpc>;

/** A target, with what only the deployment needs. */
export interface DeploymentTarget extends Target {
  readonly vpc?: Network;
}

/** What is wrong with the files that a synthesis reads, each problem as `path: what is wrong, got value`. */
export class WrongRollouts extends Error {
  override readonly name = 'WrongRollouts';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** A file's YAML. Throws WrongRollouts when it is missing or no YAML. */
export const readYaml = (path: string): unknown => {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split('\n') : [];
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new WrongRollouts([
      missing ? `${path}: there is no such file; create it` : `${basename(path)}: is no YAML: ${reason}`,
    ]);
  }
};

/** Reads all targets by name. Throws WrongRollouts with every problem of the file. */
export const readTargets = (directory: string): ReadonlyMap<string, DeploymentTarget> => {
  const value = readYaml(join(directory, TARGETS_FILE));
  const parsed = targets.safeParse(value);
  if (!parsed.success) {
    const problems = problemsOf(targets, value, parsed.error.issues);
    throw new WrongRollouts(problems.map((problem) => `${TARGETS_FILE}: ${problem}`));
  }
  return new Map(
    Object.entries(parsed.data).map(([name, { vpc, ...rest }]) => [
      name,
      { name, ...rest, ...(vpc !== undefined && { vpc }) },
    ]),
  );
};
