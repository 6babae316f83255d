// What happens to an accepted change: PENDING until every name server has it, then INSYNC. The twin's name server gets it
// at a random moment in between, as any one of Route 53's does: never after INSYNC, often well before.
import type { ChangeInfo } from '@aws-sdk/client-route-53';
import type { Clock } from '../../../../domain/ports.ts';
import type { Random } from '../../../dns/choice.ts';
import type { RecordSets, ZoneStore } from '../../../dns/zones.ts';

export interface PropagationOptions {
  readonly zones: ZoneStore;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a change stays PENDING; AWS: "generally within 60 seconds". */
  readonly insyncMs: number;
}

export class Propagation {
  readonly #options: PropagationOptions;
  readonly #changes = new Map<string, ChangeInfo>();

  constructor(options: PropagationOptions) {
    this.#options = options;
  }

  /** Accepts new contents of a zone and sends them on their way. */
  submit(zoneId: string, recordSets: RecordSets, comment?: string): ChangeInfo {
    const version = this.#options.zones.accept(zoneId, recordSets);
    const change = this.note('PENDING', comment);
    void this.#carry(change, () => this.#options.zones.publish(zoneId, version, recordSets));
    return { ...change };
  }

  /** A change that only has to be remembered, such as the creation of a zone. */
  note(status: 'PENDING' | 'INSYNC', comment?: string): ChangeInfo {
    const id = `/change/C${this.#identifier()}`;
    const change: ChangeInfo = { Id: id, Status: status, SubmittedAt: new Date(this.#options.clock.now()), ...(comment === undefined ? {} : { Comment: comment }) };
    this.#changes.set(id, change);
    return change;
  }

  get(id: string): ChangeInfo | undefined {
    const change = this.#changes.get(id.startsWith('/change/') ? id : `/change/${id}`);
    return change && { ...change };
  }

  async #carry(change: ChangeInfo, publish: () => void): Promise<void> {
    const { clock, random, insyncMs } = this.#options;
    const publishedAfterMs = random() * insyncMs;
    await clock.sleep(publishedAfterMs);
    publish();
    await clock.sleep(insyncMs - publishedAfterMs);
    change.Status = 'INSYNC';
  }

  #identifier(): string {
    return Array.from({ length: 20 }, () => Math.floor(this.#options.random() * 36).toString(36)).join('').toUpperCase();
  }
}
