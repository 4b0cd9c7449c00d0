import type { Announcement } from '../tasks.ts';
import type { Links, Severity } from './announcement.ts';

/** A line to paste, and what it does. */
export interface HandLine {
  readonly what: string;
  readonly line: string;
}

/** The headline, and what follows from it. */
export interface Telling {
  readonly severity: Severity;
  readonly title: string;
  /** One or two sentences: what happened and why. */
  readonly summary: string;
  readonly nextSteps: readonly string[];
}

/** A message before it takes the shape of any channel. */
export interface Story extends Telling {
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly byHand: readonly HandLine[];
  readonly links: Links;
  /** Messages of one rollout stand together. */
  readonly thread: string;
  readonly kind: Announcement;
}

/** At most so many characters (UTF-16), the last one `…` where something was cut; never half a character. */
export const clip = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  const last = cut.charCodeAt(cut.length - 1);
  const half = last >= 0xd800 && last <= 0xdbff;
  return `${half ? cut.slice(0, -1) : cut}…`;
};
