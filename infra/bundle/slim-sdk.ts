/**
 * Two habits of the AWS SDK's generated code keep a bundler from leaving out what nobody uses: computed keys whose names
 * are constants, and a registry of every error of a service. Both are rewritten in the bundle's text, before it is
 * minified; where the SDK's code should look otherwise one day, nothing is rewritten and bundles are larger.
 */

/** `{ [_ht]: […] }` with `var _ht = "http";` becomes `{ "http": […] }`: a key that is looked up might have an effect. */
export const inlineComputedKeys = (code: string): string => {
  const constants = new Map(
    [...code.matchAll(/^var (_\w+) = ("[^"\\]*");$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  return code.replace(/\[(_\w+)\]: /g, (key, name: string) =>
    constants.has(name) ? `${constants.get(name)}: ` : key,
  );
};

const retried = (code: string): Set<string> =>
  new Set(
    [...code.matchAll(/^var (\w+) = class \w+ extends \w+ServiceException \{\n([\s\S]*?)^\};$/gm)]
      .filter(([, , body = '']) => body.includes('$retryable'))
      .map(([, name = '']) => name),
  );

/**
 * Leaves error classes unregistered, but for those that the SDK must know to retry. An error that is not registered comes
 * as the service's base class with the same name, message and status (smithy's protocols); only members of its own are
 * lost, such as the item of a failed condition.
 */
export const dropErrorClasses = (code: string): string => {
  const kept = retried(code);
  return code.replace(
    /^n0_registry\d*\.registerError\(\w+\$?\w*, (\w+)\);$/gm,
    (registration, name: string) => (kept.has(name) || name.endsWith('ServiceException') ? registration : ''),
  );
};
