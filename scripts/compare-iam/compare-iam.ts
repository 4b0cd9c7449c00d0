/**
 * Asks the sandbox's IAM evaluator and an independent one the same thousand questions: `compare-iam.ts FOLDER [COUNT [SEED]]`.
 * FOLDER has `@cloud-copilot/iam-simulate` installed. That package is AGPL: it is a development tool, kept out of package.json
 * and out of everything that is shipped. Exit 1 when an answer differs.
 */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Decision, evaluate } from '../../sandbox/aws/iam/evaluate.ts';
import { type Case, randomCases } from './random-policies.ts';

/** The part of iam-simulate that is used. */
interface Simulator {
  readonly runSimulation: (
    simulation: object,
    options: object,
  ) => Promise<{ readonly resultType: string; readonly overallResult?: string; readonly errors?: unknown }>;
}

const OUTCOMES: Readonly<Record<string, Decision>> = {
  Allowed: 'allow',
  ExplicitlyDenied: 'explicitDeny',
  ImplicitlyDenied: 'implicitDeny',
};

const [, , folder, count = '1000', seed = '1'] = process.argv;
if (folder === undefined) {
  console.error('usage: compare-iam.ts FOLDER-WITH-IAM-SIMULATE [COUNT [SEED]]');
  process.exit(2);
}
const entry = createRequire(pathToFileURL(resolve(folder, 'package.json'))).resolve(
  '@cloud-copilot/iam-simulate',
);
const { runSimulation } = (await import(pathToFileURL(entry).href)) as Simulator;

/** What the other evaluator says; `undefined` with the reason where it takes the policy or the request for wrong. */
const theirs = async ({ policies, request }: Case): Promise<Decision | { readonly refused: string }> => {
  const answer = await runSimulation(
    {
      request: {
        principal: 'arn:aws:iam::111122223333:role/shop',
        action: request.action,
        resource: { resource: request.resource, accountId: '111122223333' },
        contextVariables: Object.fromEntries(
          Object.entries(request.context).map(([key, values]) => [
            key,
            key === 'aws:tagkeys' ? [...values] : (values[0] ?? ''),
          ]),
        ),
      },
      identityPolicies: policies.map((policy, index) => ({ name: `policy ${index}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  return OUTCOMES[answer.overallResult ?? ''] ?? { refused: JSON.stringify(answer.errors) };
};

const tally: Record<string, number> = {};
const note = (what: string) => {
  tally[what] = (tally[what] ?? 0) + 1;
};
for (const asked of randomCases(Number(count), Number(seed))) {
  const ours = evaluate(asked.policies, asked.request);
  const other = await theirs(asked);
  if (typeof other === 'object') note('refused by the other');
  else if (other === ours) note(`same: ${ours}`);
  else {
    note('different');
    console.log(`here ${ours}, there ${other}:\n${JSON.stringify(asked, undefined, 2)}`);
  }
}
console.log(JSON.stringify(tally));
process.exitCode = tally.different === undefined ? 0 : 1;
