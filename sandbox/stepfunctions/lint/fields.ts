import { expressionIn } from '../jsonata/evaluate.ts';
import { list, type RawState, record } from './shapes.ts';

/** When a field is evaluated: before the state does its work, when it is left, or when a Catch takes over. */
export type When = 'before' | 'after' | 'caught';

/** One `{% … %}` of a state. */
export interface ExpressionField {
  /** `Arguments/Payload/now`, `Catch[0]/Assign/failure`. */
  readonly location: string;
  readonly text: string;
  readonly when: When;
}

/** Fields that hold no expressions, or have their own place below. */
const elsewhere = new Set([
  ...['Type', 'Comment', 'QueryLanguage', 'Resource', 'Next', 'End', 'Default', 'Retry'],
  ...['Assign', 'Output', 'Catch', 'Choices', 'Branches', 'ItemProcessor'],
]);

const collect = (value: unknown, location: string, when: When): readonly ExpressionField[] => {
  if (typeof value === 'string') {
    const text = expressionIn(value);
    return text === undefined ? [] : [{ location, text, when }];
  }
  if (Array.isArray(value))
    return value.flatMap((item, index) => collect(item, `${location}[${index}]`, when));
  return Object.entries(record(value)).flatMap(([name, item]) => collect(item, `${location}/${name}`, when));
};

const leaving = (fields: Readonly<Record<string, unknown>>, at: string, when: When) => [
  ...collect(fields.Assign, `${at}Assign`, when),
  ...collect(fields.Output, `${at}Output`, when),
];

/** Every expression of a state, but those of the states inside it. */
export const expressionsOf = (state: RawState): readonly ExpressionField[] => [
  ...Object.entries(state)
    .filter(([name]) => !elsewhere.has(name))
    .flatMap(([name, value]) => collect(value, name, 'before')),
  ...list(state.Choices).flatMap((rule, index) => [
    ...collect(record(rule).Condition, `Choices[${index}]/Condition`, 'before'),
    ...leaving(record(rule), `Choices[${index}]/`, 'after'),
  ]),
  ...leaving(state, '', 'after'),
  ...list(state.Catch).flatMap((rule, index) => leaving(record(rule), `Catch[${index}]/`, 'caught')),
];
