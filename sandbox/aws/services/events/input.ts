import { isShape } from '../../wire/schema.ts';
import type { BusEvent, Target } from './rule.ts';

/** `$.detail.image-tag`, `$.resources[0]`: the paths that EventBridge knows. */
export function valueAtPath(event: unknown, path: string): unknown {
  if (!path.startsWith('$')) return undefined;
  const keys = path.slice(1).match(/[^.[\]'"]+/g) ?? [];
  return keys.reduce<unknown>((at, key) => {
    if (Array.isArray(at)) return at[Number(key)];
    return isShape(at) ? at[key] : undefined;
  }, event);
}

/** Where in the template a placeholder stands: in quotes, texts go in as they are; bare, as JSON. */
function fill(template: string, values: ReadonlyMap<string, unknown>): string {
  let quoted = false;
  return template.replace(/\\.|"|<([^<>\s]+)>/g, (part: string, name: string | undefined) => {
    if (part === '"') quoted = !quoted;
    if (name === undefined || !values.has(name)) return part;
    const value = values.get(name);
    // A path that leads nowhere gives an empty text.
    if (value === undefined) return quoted ? '' : '""';
    const json = JSON.stringify(value);
    if (!quoted) return json;
    return typeof value === 'string' ? json.slice(1, -1) : JSON.stringify(json).slice(1, -1);
  });
}

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/**
 * What a target gets of an event: the event, its part at InputPath, the constant Input, or the filled InputTemplate
 * (EventBridge User Guide, "Input transformation"). Answers JSON text.
 */
export function inputFor(
  target: Target,
  event: BusEvent,
  { ruleArn, now }: { ruleArn: string; now: number },
): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(valueAtPath(event, target.InputPath) ?? null);
  const { InputTransformer: transformer } = target;
  if (transformer === undefined) return JSON.stringify(event);
  const paths = Object.entries(transformer.InputPathsMap ?? {});
  const values = new Map<string, unknown>([
    ['aws.events.rule-arn', ruleArn],
    ['aws.events.rule-name', ruleArn.slice(ruleArn.lastIndexOf('/') + 1)],
    ['aws.events.event.ingestion-time', isoTime(now)],
    ['aws.events.event', withoutDetail(event)],
    ['aws.events.event.json', event],
    ...paths.map(([name, path]): [string, unknown] => [name, valueAtPath(event, path)]),
  ]);
  return fill(transformer.InputTemplate, values);
}

const withoutDetail = ({ detail: _detail, ...rest }: BusEvent) => rest;
