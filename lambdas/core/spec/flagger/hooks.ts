import { HOOK_TYPES } from '../hooks.ts';
import { nearest } from '../nearest.ts';
import type { CanaryAnalysis } from './canary.ts';
import type { Findings } from './findings.ts';
import { goSeconds } from './go-duration.ts';

type Webhook = NonNullable<CanaryAnalysis['webhooks']>[number];

const isInCluster = (url: string): boolean => {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return (
    !/^[\d.]+$|^\[/.test(hostname) &&
    (!hostname.includes('.') || /\.svc(\.|$)/.test(hostname) || hostname.split('.').length === 2)
  );
};

const timeoutOf = (written: string, path: string, findings: Findings): string => {
  const seconds = goSeconds(written);
  if (seconds === undefined) findings.problem(path, 'must be a duration', written, 'such as 10s');
  const whole = Math.max(1, Math.ceil(seconds ?? 1));
  if (seconds !== undefined && whole !== seconds)
    findings.note(path, `${written} becomes ${whole}s: timeouts are whole seconds`);
  return `${whole}s`;
};

const hookOf = (webhook: Webhook, path: string, findings: Findings): object => {
  const { name, type, url, timeout, retries, disableTLS, muteAlert, metadata } = webhook;
  // Flagger's empty type is the one of each tick.
  const known = type === undefined || type === '' ? 'rollout' : type;
  if (!(HOOK_TYPES as readonly string[]).includes(known)) {
    const meant = nearest(known, HOOK_TYPES);
    findings.problem(
      `${path}.type`,
      'is no type of Flagger',
      type,
      meant === undefined ? `known: ${HOOK_TYPES.join(', ')}` : `did you mean ${meant}?`,
    );
  }
  if (isInCluster(url))
    findings.note(
      `${path}.url`,
      `${url} is known inside the cluster only: give it an address that Lambda can reach, or call a Lambda function in the VPC (hooks[].function)`,
    );
  return {
    name,
    type: known,
    url,
    ...(timeout !== undefined && { timeout: timeoutOf(timeout, `${path}.timeout`, findings) }),
    ...(retries !== undefined && { retries }),
    ...(metadata && { metadata }),
    ...(disableTLS === true && { disableTLS }),
    ...(muteAlert === true && { muteAlert }),
  };
};

/** A load test aimed at the canary itself is no evidence here (I10). */
const noteLoadTests = (webhooks: readonly Webhook[], path: string, findings: Findings): void => {
  webhooks.forEach(({ metadata }, index) => {
    const cmd = metadata?.cmd ?? '';
    if (/-canary\b/.test(cmd) && /\b(hey|wrk|ab|vegeta|k6)\b/.test(cmd))
      findings.note(
        `${path}[${index}].metadata.cmd`,
        'sends its load straight at the canary: only what the route sends is evidence; aim it at the service itself',
      );
  });
};

/** `hooks` of the spec: webhooks and hooks have the same types, payload and answers. */
export const hooksOf = ({ webhooks }: CanaryAnalysis, path: string, findings: Findings): object[] => {
  if (!webhooks) return [];
  noteLoadTests(webhooks, `${path}.webhooks`, findings);
  return webhooks.map((webhook, index) => hookOf(webhook, `${path}.webhooks[${index}]`, findings));
};
