import * as z from 'zod';

/** App Mesh: ResourceName, 1 to 255 characters (Smithy model of 2019-01-25). */
export const meshName = () =>
  z.string().min(1, 'must not be empty').max(255, 'must have at most 255 characters');

/** The name of a Kubernetes object (RFC 1123 subdomain). */
export const kubernetesName = () =>
  z
    .string()
    .regex(
      /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
      'must be a Kubernetes name: lower-case letters, digits, - and .',
    );
