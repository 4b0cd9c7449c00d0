import type { RolloutBasis, RolloutSummary, ServiceRecord } from './record.ts';
import type { VerdictRecord } from './tasks.ts';

/** What a change makes of a record: the new record (the same object means nothing to write), and an answer. */
export interface Changed<Answer> {
  readonly record: ServiceRecord;
  readonly answer: Answer;
}

/** Where rollouts keep what must outlive an execution. Errors: Canary.Transient, Canary.AccessDenied. */
export interface RolloutStore {
  read(service: string): Promise<ServiceRecord>;
  /**
   * Reads the record, applies `change` (pure: it may run again when somebody wrote in between) and writes what it made,
   * on the condition that nobody wrote since. What `change` throws is thrown, and nothing is written.
   */
  update<Answer>(service: string, change: (record: ServiceRecord) => Changed<Answer>): Promise<Answer>;
  /** Every service that was ever claimed or asked for. */
  list(): Promise<readonly ServiceRecord[]>;
  /** Keeps one verdict; the same tick of the same execution replaces itself. */
  putVerdict(service: string, execution: string, verdict: VerdictRecord): Promise<void>;
  /** Keeps what an execution's verdicts rest on; again replaces it. */
  putBasis(basis: RolloutBasis): Promise<void>;
  /** Undefined where the execution never came as far as its preflight. */
  basis(service: string, execution: string): Promise<RolloutBasis | undefined>;
  putSummary(summary: RolloutSummary): Promise<void>;
  /** The newest rollouts of a service, newest first. */
  history(service: string, limit: number): Promise<readonly RolloutSummary[]>;
  /** The verdicts of one execution, in order. */
  verdicts(service: string, execution: string): Promise<readonly VerdictRecord[]>;
}
