import type { HookAnswer } from '../../core/hooks/hooks.ts';

/** An answer as it came. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  /** Where a redirect would lead. */
  readonly location?: string;
}

/** No answer came; its message says why, in words that follow the hook's name. Holds no address and no header. */
export class Unanswered extends Error {}

const TEXT_CHARACTERS = 120;

/** The first of an answer's body, on one line, without control characters. */
const excerpt = (text: string): string => {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > TEXT_CHARACTERS ? `${line.slice(0, TEXT_CHARACTERS - 1)}…` : line;
};

/** Flagger: up to 202 is yes, so that 204 is no (facts: pkg/controller/webhook.go). */
const isYes = (status: number): boolean => status >= 200 && status <= 202;

export const answerOf = ({ status, text, location }: Answered): HookAnswer => {
  if (isYes(status)) return { passed: true, found: `answered ${status}` };
  if (location !== undefined && status >= 300 && status < 400)
    return { passed: false, found: `answered ${status}, a redirect, which is not followed` };
  const body = excerpt(text);
  return { passed: false, found: `answered ${status}${body === '' ? '' : `: ${body}`}` };
};

/** Whether another attempt may help: as go-retryablehttp decides for Flagger. */
export const mayRetry = ({ status }: Answered): boolean =>
  status === 429 || (status >= 500 && status !== 501);
