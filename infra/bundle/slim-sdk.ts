/**
 * Habits of the AWS SDK's code that cost each function at its start. Two keep a bundler from leaving out what nobody uses: computed
 * keys whose names are constants, and a registry of every error of a service; the third is a table that is slow to fill. All
 * are rewritten in the bundle's text, before it is minified; where the SDK's code should look otherwise one day, nothing is
 * rewritten, and bundles are larger and slower.
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

/**
 * An object that gets 256 properties one by one changes its shape 128 times before V8 makes it a dictionary, which takes
 * 2 to 3 ms; one without a prototype is a dictionary from the start.
 */
export const quickHexTables = (code: string): string =>
  code.replace(/^(\s*(?:var |const )?(?:SHORT_TO_HEX|HEX_TO_SHORT) = )\{\};$/gm, '$1Object.create(null);');
