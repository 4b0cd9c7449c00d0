import { referencesOf } from './intrinsics.ts';
import type { Resource } from './template.ts';

/**
 * The resources of a template, each after those that it refers to or names in DependsOn; otherwise as they stand there.
 * @throws Error naming the resources of a circle
 */
export const inDependencyOrder = (
  resources: Readonly<Record<string, Resource>>,
): (readonly [logicalId: string, resource: Resource])[] => {
  const done = new Map<string, Resource>();
  const path: string[] = [];
  const visit = (logicalId: string): void => {
    const resource = resources[logicalId];
    if (resource === undefined || done.has(logicalId)) return;
    if (path.includes(logicalId)) {
      const circle = [...path.slice(path.indexOf(logicalId)), logicalId].join(' → ');
      throw new Error(`the resources depend on each other in a circle: ${circle}`);
    }
    path.push(logicalId);
    const { DependsOn = [], Properties } = resource;
    const named = typeof DependsOn === 'string' ? [DependsOn] : DependsOn;
    for (const dependency of [...named, ...referencesOf(Properties)]) visit(dependency);
    path.pop();
    done.set(logicalId, resource);
  };
  for (const logicalId of Object.keys(resources)) visit(logicalId);
  return [...done];
};
