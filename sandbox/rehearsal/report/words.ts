import type { ScenarioOutcome } from '../scenario.ts';
import type { ReportData } from './data.ts';

/** `4:30`, and `1:04:30` from an hour on. @param seconds since 0 s; negative before */
export const clockTime = (seconds: number): string => {
  const whole = Math.abs(Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  const time = hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  return seconds < 0 ? `−${time}` : time;
};

export const count = (value: number): string => value.toLocaleString('en-US');

/** A share of a whole, in percent with as many digits as tell something. */
export const percent = (part: number, whole: number): string => {
  if (whole === 0) return '–';
  const value = (100 * part) / whole;
  return `${value === 0 ? '0' : value < 0.1 ? value.toFixed(2) : value.toFixed(1)} %`;
};

const ENDED: Readonly<Record<ScenarioOutcome, string>> = {
  promoted: 'was promoted',
  rolledBack: 'was rolled back',
  rejected: 'was rejected',
  superseded: 'made way for a newer release',
  skipped: 'was not released',
  failed: 'failed',
  running: 'was still under way at the end',
};

/** How a rollout came out, in a sentence without its full stop. */
export const verdictOn = ({
  version,
  outcome,
  reason,
  startedAt,
  endedAt,
}: ReportData['rollouts'][number]['rollout']): string => {
  const after = outcome === 'skipped' || endedAt === null ? '' : ` after ${clockTime(endedAt - startedAt)}`;
  const act = outcome === 'failed' ? ', and a person must act' : '';
  return `${version} ${ENDED[outcome]}${after}${act}${reason === '' ? '' : `: ${reason.replace(/\.$/, '')}`}`;
};

/** The sentence that a run comes down to: how its last rollout came out. */
export const verdictOf = ({ result }: ReportData): string => {
  const last = result.rollouts.at(-1);
  return last === undefined ? 'Nothing was released.' : `${verdictOn(last)}.`;
};
