import type { Canary } from './canary.ts';

/** What Flagger fills in a MetricTemplate's query (fluxcd/flagger 1.44, MetricTemplateModel). */
export interface TemplateModel {
  readonly names: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
}

const nameOf = (reference: unknown): string | undefined => {
  const { name } = (typeof reference === 'object' && reference !== null ? reference : {}) as {
    name?: unknown;
  };
  return typeof name === 'string' ? name : undefined;
};

/** The model of one metric of a Canary. @param interval the metric's, as written */
export const templateModel = (
  { metadata, spec }: Canary,
  interval: string,
  variables: Readonly<Record<string, string>>,
): TemplateModel => ({
  names: {
    name: metadata.name,
    namespace: metadata.namespace,
    target: spec.targetRef.name,
    service: spec.service.name ?? spec.targetRef.name,
    ingress: nameOf(spec.ingressRef) ?? spec.targetRef.name,
    route: nameOf(spec.routeRef) ?? spec.targetRef.name,
    interval,
  },
  variables,
});

/** An action and the white space that `{{-` and `-}}` take away. */
const ACTION = /(\s*)\{\{(-)?\s*(.*?)\s*(-)?\}\}(\s*)/gs;
const VARIABLE = /^\(?\s*variables\s*\)?\.(\w+)$/;

/** A query, filled in; or what of it cannot be. */
export type Rendered = { readonly text: string } | { readonly problem: string };

/** Renders the actions that name something; a template with logic, and one that names what is not there, is a problem. */
export const renderTemplate = (query: string, { names, variables }: TemplateModel): Rendered => {
  let problem: string | undefined;
  const text = query.replace(
    ACTION,
    (
      _,
      before: string,
      trimBefore: string | undefined,
      action: string,
      trimAfter: string | undefined,
      after: string,
    ) => {
      const [, variable] = VARIABLE.exec(action) ?? [];
      const value = variable === undefined ? names[action] : variables[variable];
      if (value === undefined)
        problem ??=
          variable === undefined
            ? `has a name that it cannot fill in, got {{ ${action} }}; there are ${Object.keys(names).join(', ')} and variables.NAME: write out what it stands for`
            : `has a variable that the metric's templateVariables do not have, got {{ ${action} }}; add ${variable} there`;
      return `${trimBefore === undefined ? before : ''}${value ?? ''}${trimAfter === undefined ? after : ''}`;
    },
  );
  return problem === undefined ? { text } : { problem };
};
