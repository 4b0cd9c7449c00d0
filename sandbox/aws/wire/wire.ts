import type { Model, Operation } from './model.ts';
import type { Shape } from './schema.ts';

/** An HTTP request with its body read. */
export interface Request {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** What goes back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** The error's name, where a service answered a whole request with one. */
  readonly error?: string;
}

/** A refusal as the wire formats need it. */
export interface Failure {
  readonly name: string;
  readonly code: string;
  readonly status: number;
  readonly fault: 'client' | 'server';
  readonly message: string;
  /** Further members of the error's structure. */
  readonly members: Shape;
}

/** The operation that a request names, and how to read the rest of it. */
export interface Named {
  readonly operation: string;
  /** Labels of a REST path. */
  readonly labels: Readonly<Record<string, string>>;
}

/** One of the protocols that AWS services speak. */
export interface Wire {
  /** The operation that the request asks for; undefined when the service has none there. */
  name(model: Model, request: Request): Named | undefined;
  decode(operation: Operation, request: Request, named: Named): Promise<Shape>;
  encode(operation: Operation, output: Shape, model: Model, requestId: string): Answer;
  fail(failure: Failure, model: Model | undefined, requestId: string, request: Request): Answer;
}

/** The body could not be read as what its content type says. */
export class UnreadableBody extends Error {
  override readonly name = 'SerializationException';
}
