// One request, as its user saw it.

export interface Sample {
  readonly kind: 'read' | 'write';
  /** Of a write: what the final writer must hold if it was acknowledged. */
  readonly id?: string;
  /** Of a write where there are several databases: the one that must hold it. Told by the load, not by the answer. */
  readonly database?: string;
  /** Of a read that says so: answered from the application's cache, or not, or no more, since that was of an epoch before. */
  readonly cache?: string;
  /** When it should have been sent. */
  readonly dueAt: number;
  /** When it was sent; much later than due means that the generator is overloaded. */
  readonly sentAt: number;
  /** When the answer, or the lack of one, was clear. */
  readonly endedAt: number;
  readonly ok: boolean;
  /** The HTTP status, or why there is none: `timeout`, `ECONNREFUSED`, `dns ENOTFOUND`. */
  readonly status: string;
  /** As the answer says; otherwise the region whose address was asked, if there was one. */
  readonly region?: string;
  /** The epoch of the permit under which the application answered. */
  readonly epoch?: number;
}

export const latencyMs = (sample: Sample): number => sample.endedAt - sample.sentAt;
export const latenessMs = (sample: Sample): number => sample.sentAt - sample.dueAt;
