import { parseAllDocuments } from 'yaml';

/** Every document of a YAML text, or what is wrong with it, with its place. Empty documents are left out. */
export type Documents = { readonly documents: readonly unknown[] } | { readonly problem: string };

/** Text of a Helm chart's template, which is no YAML before it is rendered. */
const TEMPLATE = /\{\{[-\s]*[.$a-zA-Z]/;

/** Reads YAML (or JSON, which is YAML) of one or several documents. */
export const documentsIn = (text: string): Documents => {
  const parsed = parseAllDocuments(text, { stringKeys: true });
  const wrong = parsed.flatMap(({ errors }) => errors)[0];
  if (wrong !== undefined) {
    const [reason = ''] = wrong.message.split('\n');
    const hint = TEMPLATE.test(text)
      ? '; it looks like a Helm template: render it first (helm template)'
      : '';
    return { problem: `is not YAML: ${reason.replace(/:$/, '')}${hint}` };
  }
  try {
    const documents = parsed.map((document) => document.toJS() as unknown);
    return { documents: documents.filter((document) => document !== null && document !== undefined) };
  } catch (error) {
    return { problem: `is not YAML: ${(error as Error).message.split('\n')[0]}` };
  }
};
