/** What sandbox and host process say to each other. `id` names a container; times are epoch milliseconds. */

/** A container to be made: one version of a function, loaded anew. */
export interface ContainerStart {
  readonly environment: Readonly<Record<string, string>>;
  /** What is the time while it loads. */
  readonly now: number;
  /** Decides the random values that it draws while it loads. */
  readonly seed: string;
  /** Where its requests to other machines go. @default where they are meant to go */
  readonly outside?: string;
}

/** One invocation, as a container receives it. */
export interface ContainerInvocation {
  readonly requestId: string;
  readonly functionArn: string;
  readonly traceId: string;
  readonly deadline: number;
  readonly payload: string;
  readonly now: number;
  readonly seed: string;
}

export type ToHost =
  /** The process serves a sandbox from now on, whose certificate is in `caFile`. */
  | { readonly kind: 'serve'; readonly caFile: string | undefined }
  | { readonly kind: 'start'; readonly id: number; readonly start: ContainerStart }
  | { readonly kind: 'invoke'; readonly id: number; readonly invocation: ContainerInvocation }
  /** Goes on after the wait `wait`. */
  | { readonly kind: 'resume'; readonly id: number; readonly wait: number }
  | { readonly kind: 'drop'; readonly id: number }
  /** The sandbox has ended: every container goes. */
  | { readonly kind: 'reset' };

/** Every message of a container brings the lines that it wrote until then. */
export type FromContainer = { readonly id: number; readonly lines: readonly string[] } & (
  | { readonly kind: 'ready' }
  /** It could not be loaded, and is gone. `payload` is the error as JSON. */
  | { readonly kind: 'initError'; readonly payload: string }
  | {
      readonly kind: 'answer';
      readonly requestId: string;
      readonly payload: string;
      readonly failed: boolean;
    }
  /** It ended by itself: by an error that nobody caught, which is in `payload`, or by `process.exit`. */
  | { readonly kind: 'ended'; readonly code: number; readonly payload: string | undefined }
  /** It has nothing to do before `until`; undefined: ever. */
  | { readonly kind: 'waits'; readonly wait: number; readonly until: number | undefined }
  | { readonly kind: 'wrote' }
);

export type FromHost =
  | FromContainer
  /** No container is left. `heapBytes` is what the process still holds. */
  | { readonly kind: 'isReset'; readonly heapBytes: number };
