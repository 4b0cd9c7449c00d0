import {
  newRecord,
  type RolloutBasis,
  type RolloutSummary,
  type ServiceRecord,
} from '../../lambdas/core/record.ts';
import type { Changed, RolloutStore } from '../../lambdas/core/store.ts';
import type { VerdictRecord } from '../../lambdas/core/tasks.ts';

/** A store in memory. `fails`, when set, is thrown by every call: the table is out of reach. */
export class MemoryStore implements RolloutStore {
  readonly records = new Map<string, ServiceRecord>();
  readonly summaries: RolloutSummary[] = [];
  readonly #bases = new Map<string, RolloutBasis>();
  readonly #verdicts = new Map<string, VerdictRecord>();
  fails: Error | undefined;

  #reach(): void {
    if (this.fails !== undefined) throw this.fails;
  }

  async read(service: string): Promise<ServiceRecord> {
    this.#reach();
    return this.records.get(service) ?? newRecord(service);
  }

  async update<Answer>(service: string, change: (record: ServiceRecord) => Changed<Answer>): Promise<Answer> {
    this.#reach();
    // Nothing is awaited between reading and writing: that is what makes it one step.
    const { record, answer } = change(this.records.get(service) ?? newRecord(service));
    this.records.set(service, structuredClone(record));
    return answer;
  }

  async list(): Promise<readonly ServiceRecord[]> {
    this.#reach();
    return [...this.records.values()].sort((a, b) => (a.service < b.service ? -1 : 1));
  }

  async putVerdict(service: string, execution: string, verdict: VerdictRecord): Promise<void> {
    this.#reach();
    this.#verdicts.set(`${service} ${execution} ${String(verdict.tick).padStart(5, '0')}`, verdict);
  }

  async putBasis(basis: RolloutBasis): Promise<void> {
    this.#reach();
    this.#bases.set(`${basis.service} ${basis.execution}`, structuredClone(basis));
  }

  async basis(service: string, execution: string): Promise<RolloutBasis | undefined> {
    this.#reach();
    return this.#bases.get(`${service} ${execution}`);
  }

  async putSummary(summary: RolloutSummary): Promise<void> {
    this.#reach();
    this.summaries.push(summary);
  }

  async history(service: string, limit: number): Promise<readonly RolloutSummary[]> {
    const newestFirst = this.summaries
      .filter((summary) => summary.service === service)
      .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    return newestFirst.slice(0, limit);
  }

  async verdicts(service: string, execution: string): Promise<readonly VerdictRecord[]> {
    const keys = [...this.#verdicts.keys()]
      .filter((key) => key.startsWith(`${service} ${execution} `))
      .sort();
    return keys.flatMap((key) => this.#verdicts.get(key) ?? []);
  }
}
