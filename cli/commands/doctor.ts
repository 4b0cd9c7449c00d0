import { serviceAtTarget } from '../../infra/names.ts';
import { callerIdentity, checkAccount } from '../aws.ts';
import { explained } from '../aws-failure.ts';
import { checkAws } from '../doctor/aws-checks.ts';
import { type Check, checkLines } from '../doctor/check.ts';
import { checkTraffic } from '../doctor/traffic-checks.ts';
import { checkWorkload } from '../doctor/workload-checks.ts';
import { Exit } from '../exit.ts';
import { findService } from '../services.ts';

/** What the command line says. */
export interface DoctorCommandOptions {
  readonly json?: boolean;
  readonly rollouts: string;
}

const look = async (service: ReturnType<typeof findService>): Promise<readonly Check[]> => {
  const { region } = service.target;
  const identity = await callerIdentity(region);
  checkAccount(identity, service.target);
  try {
    const { checks, cluster } = await checkAws(service, identity.arn);
    const [workload, traffic] = await Promise.all([
      checkWorkload(service, cluster, identity.credentials),
      checkTraffic(service),
    ]);
    return [...checks, ...workload, ...traffic];
  } catch (error) {
    return explained(region)(error);
  }
};

/** `stepcanary doctor SERVICE`: the preflight of a rollout from a terminal; it writes nothing. Ends with 1 when there is a problem. */
export const doctor = async (name: string, options: DoctorCommandOptions): Promise<void> => {
  const found = findService(name, options.rollouts);
  const service = serviceAtTarget(found.spec);
  const checks = await look(found);
  const ok = checks.every(({ problems }) => problems.length === 0);
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ service, ok, checks }, null, 2)}\n`
      : `${service} (${options.rollouts}/${found.file})\n${checkLines(checks)}`,
  );
  process.exitCode = ok ? Exit.asAsked : Exit.not;
};
