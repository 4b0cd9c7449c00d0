import { CanaryError, ErrorName } from '../../core/errors.ts';
import { overHttp, type Send } from './transport.ts';

const ANSWER_CHARACTERS = 200;
/** A range query has at most 11,000 points a series (prometheus/prometheus web/api/v1). */
const MOST_POINTS = 10_000;

/** A time series of an answer. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Sample by time (epoch ms); times without a sample are absent. */
  readonly values: ReadonlyMap<number, number>;
}

/** Times from `from` to `to`, both included, `step` apart: all in milliseconds since the epoch. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Puts a signature, or whatever else lets a request in, on its headers. */
export type Authorise = (url: URL) => Promise<Readonly<Record<string, string>>>;

/** What to do where the server lets nobody in, by its status. */
export type Refused = (status: number) => string;

interface Matrix {
  readonly metric?: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [number, string])[];
}
interface Body {
  readonly status?: string;
  readonly error?: string;
  readonly errorType?: string;
  /** How AWS refuses. */
  readonly message?: string;
  readonly data?: { readonly resultType?: string; readonly result?: readonly Matrix[] };
}

const parsed = (text: string): Body => {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return { error: text };
  }
};

/** As Go prints numbers. */
const numberOf = (text: string): number =>
  text.endsWith('Inf') ? (text.startsWith('-') ? -1 : 1) * Number.POSITIVE_INFINITY : Number(text);

const seriesOf = ({ metric = {}, values = [] }: Matrix): Series => ({
  labels: metric,
  values: new Map(values.map(([seconds, value]) => [Math.round(seconds * 1000), numberOf(value)])),
});

const failureOf = (status: number, { error, message }: Body, refused: Refused): CanaryError => {
  const text = (error ?? message ?? 'no message').trim().slice(0, ANSWER_CHARACTERS) || 'no message';
  if (status === 401 || status === 403)
    return new CanaryError(
      ErrorName.AccessDenied,
      `Prometheus answered ${status}: ${text}; ${refused(status)}`,
    );
  if (status >= 300 && status < 400)
    return new CanaryError(
      ErrorName.Refused,
      `analysis.source.prometheus.url: it answers ${status} and sends elsewhere, which is not followed; write the address that answers itself`,
    );
  // 422 is a query that could not be carried out: one that timed out, or asked for too much at once.
  if (status === 408 || status === 422 || status === 429 || status >= 500)
    return new CanaryError(ErrorName.Transient, `Prometheus answered ${status}: ${text}`);
  return new CanaryError(ErrorName.Refused, `analysis.source.prometheus: it refuses the query: ${text}`);
};

/** Prometheus' HTTP API, as Amazon Managed Service for Prometheus and others serve it too. */
export class PrometheusClient {
  readonly #base: string;
  readonly #authorise: Authorise;
  readonly #refused: Refused;
  readonly #send: Send;

  /**
   * @param base what stands before `/api/v1/…`
   * @param ways how to be let in, what to do where one is not, and how requests go out
   */
  constructor(
    base: string,
    ways: { readonly authorise?: Authorise; readonly refused?: Refused; readonly send?: Send } = {},
  ) {
    this.#base = base.replace(/\/+$/, '');
    this.#authorise = ways.authorise ?? (async () => ({}));
    this.#refused = ways.refused ?? (() => 'allow the reader');
    this.#send = ways.send ?? overHttp();
  }

  /** Evaluates a query at each time of a range. Throws Canary.Transient, Canary.AccessDenied, Canary.Refused. */
  async range(query: string, { from, to, step }: Range): Promise<readonly Series[]> {
    const pages: (readonly Series[])[] = [];
    for (let begin = from; begin <= to; begin += MOST_POINTS * step) {
      const end = Math.min(to, begin + (MOST_POINTS - 1) * step);
      pages.push(await this.#page(query, { from: begin, to: end, step }));
    }
    return pages.length === 1 ? (pages[0] ?? []) : joined(pages.flat());
  }

  async #page(query: string, { from, to, step }: Range): Promise<readonly Series[]> {
    const url = new URL(`${this.#base}/api/v1/query_range`);
    const seconds = (milliseconds: number) => String(milliseconds / 1000);
    const parameters = { query, start: seconds(from), end: seconds(to), step: seconds(step) };
    // Spaces as %20: a signature is over percent-encoding, and `+` would be signed as another character.
    url.search = new URLSearchParams(parameters).toString().replaceAll('+', '%20');
    const answer = await this.#ask(url);
    const body = parsed(answer.text);
    if (answer.status !== 200 || body.status !== 'success')
      throw failureOf(answer.status, body, this.#refused);
    if (body.data?.resultType !== 'matrix')
      throw new CanaryError(
        ErrorName.Refused,
        `analysis.source.prometheus: a query must give series of numbers, got ${body.data?.resultType}`,
      );
    return (body.data.result ?? []).map(seriesOf);
  }

  async #ask(url: URL): ReturnType<Send> {
    const headers = { accept: 'application/json', ...(await this.#authorise(url)) };
    try {
      return await this.#send(url, headers);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new CanaryError(ErrorName.Transient, `Prometheus at ${url.host} was not reached: ${why}`, {
        cause: error,
      });
    }
  }
}

/** The pages of one series as one. */
const joined = (all: readonly Series[]): readonly Series[] =>
  [...Map.groupBy(all, ({ labels }) => JSON.stringify(Object.entries(labels).sort())).values()].flatMap(
    (pages) => {
      const [first] = pages;
      return first === undefined
        ? []
        : [{ labels: first.labels, values: new Map(pages.flatMap(({ values }) => [...values])) }];
    },
  );
