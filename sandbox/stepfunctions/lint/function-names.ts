import { addedFunctions } from '../jsonata/functions.ts';

/** JSONata's own functions without `$eval`, which Step Functions leaves out (JSONata documentation, function library). */
const ownFunctions = [
  ...['string', 'length', 'substring', 'substringBefore', 'substringAfter', 'uppercase', 'lowercase', 'trim'],
  ...['pad', 'contains', 'split', 'join', 'match', 'replace', 'base64encode', 'base64decode', 'encodeUrl'],
  ...['encodeUrlComponent', 'decodeUrl', 'decodeUrlComponent', 'number', 'abs', 'floor', 'ceil', 'round'],
  ...['power', 'sqrt', 'random', 'formatNumber', 'formatBase', 'formatInteger', 'parseInteger', 'sum', 'max'],
  ...[
    'min',
    'average',
    'boolean',
    'not',
    'exists',
    'count',
    'append',
    'sort',
    'reverse',
    'shuffle',
    'distinct',
  ],
  ...['zip', 'keys', 'lookup', 'spread', 'merge', 'sift', 'each', 'error', 'assert', 'type', 'now', 'millis'],
  ...['fromMillis', 'toMillis', 'map', 'filter', 'single', 'reduce', 'clone'],
];

/** Every function that an expression in Step Functions can call, without the `$`. */
export const functionNames: ReadonlySet<string> = new Set([...ownFunctions, ...addedFunctions]);
