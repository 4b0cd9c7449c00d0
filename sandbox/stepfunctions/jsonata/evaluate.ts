import jsonata from 'jsonata';
import { EvaluationFailure } from '../failure.ts';

/** Deepest nesting of one evaluation in AWS: it takes 1+1+…+1 with 100 terms and refuses 101. */
const maximumDepth = 100;

const compiled = new Map<string, jsonata.Expression>();

const compile = (text: string): jsonata.Expression => {
  const known = compiled.get(text);
  if (known) return known;
  const expression = jsonata(text, { stack: maximumDepth });
  compiled.set(text, expression);
  return expression;
};

/** The JSONata text of `{% … %}`, or undefined for a plain string: spaces outside the marks make it plain. */
export const expressionIn = (text: string): string | undefined =>
  text.startsWith('{%') && text.endsWith('%}') && text.length >= 4 ? text.slice(2, -2).trim() : undefined;

/** Plain JSON of what JSONata returned; numbers that JSON lacks become their names, as in AWS. */
const toJson = (value: unknown, describe: () => string, location: string): unknown => {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value === null || typeof value !== 'object') {
    if (typeof value !== 'function') return value;
    throw new EvaluationFailure(`${describe()} returned an unsupported result type.`, location);
  }
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) {
    throw new EvaluationFailure(`${describe()} returned an unsupported result type.`, location);
  }
  if (Array.isArray(value)) return value.map((entry) => toJson(entry, describe, location) ?? null);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries.map(([name, entry]) => [name, toJson(entry, describe, location)]));
};

const evaluateExpression = async (text: string, bindings: Record<string, unknown>, location: string) => {
  const describe = () => `The JSONata expression '${text}' specified for the field '${location}'`;
  let result: unknown;
  try {
    result = await compile(text).evaluate(undefined, bindings);
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    const said = code === undefined ? message : `${code}: ${message}`;
    throw new EvaluationFailure(`${describe()} threw an error during evaluation. ${said}`, location);
  }
  if (result === undefined) {
    throw new EvaluationFailure(`${describe()} returned nothing (undefined).`, location);
  }
  return toJson(result, describe, location);
};

/**
 * A field of a state with every `{% … %}` in it replaced by its value.
 * @param location the field as AWS names it: `Output`, `Arguments/Payload`, `Choices[0]/Condition`
 * @throws EvaluationFailure in AWS's words
 */
export const evaluateField = async (
  field: unknown,
  bindings: Record<string, unknown>,
  location: string,
): Promise<unknown> => {
  if (typeof field === 'string') {
    const text = expressionIn(field);
    return text === undefined ? field : evaluateExpression(text, bindings, location);
  }
  if (Array.isArray(field)) {
    const values: unknown[] = [];
    for (const [index, entry] of field.entries()) {
      values.push(await evaluateField(entry, bindings, `${location}[${index}]`));
    }
    return values;
  }
  if (field === null || typeof field !== 'object') return field;
  const values: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(field)) {
    values[name] = await evaluateField(entry, bindings, `${location}/${name}`);
  }
  return values;
};

/** As {@link evaluateField}, and the value must have this JSON type. */
export const evaluateTyped = async (
  field: unknown,
  bindings: Record<string, unknown>,
  location: string,
  type: 'boolean' | 'number' | 'string',
): Promise<unknown> => {
  const value = await evaluateField(field, bindings, location);
  if (typeof value === type) return value;
  const was = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const text = (typeof field === 'string' && expressionIn(field)) || JSON.stringify(field);
  throw new EvaluationFailure(
    `The JSONata expression '${text}' specified for the field '${location}' returned an unexpected result type. ` +
      `Expected '${type}', but was '${was}' for value: ${JSON.stringify(value)}`,
    location,
  );
};
