import { list, type RawGraph, record } from './shapes.ts';

const handlerProblems = (handlers: unknown, at: string): readonly string[] => {
  const all = list(handlers);
  return all.flatMap((handler, index) => {
    const names = list(record(handler).ErrorEquals);
    if (!names.includes('States.ALL')) return [];
    return [
      ...(names.length === 1 ? [] : [`${at}[${index}]/ErrorEquals: "States.ALL" must stand alone`]),
      ...(index === all.length - 1 ? [] : [`${at}[${index}]: "States.ALL" must be the last rule`]),
    ];
  });
};

/** Retry and Catch rules with `States.ALL` out of place (ASL specification, "Errors"). */
export const misplacedCatchAll = ({ at, states }: RawGraph): readonly string[] =>
  [...states].flatMap(([name, { Retry, Catch }]) => [
    ...handlerProblems(Retry, `${at}${name}/Retry`),
    ...handlerProblems(Catch, `${at}${name}/Catch`),
  ]);
