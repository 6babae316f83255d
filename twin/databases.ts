// The databases of the twin: a real pair of PostgreSQL, each behind a gate that is its security group, and the links on which
// others reach them. RDS and EC2 of the twin act on these through the hooks at the end.
import { DatabaseIngress } from './postgres/ingress.ts';
import { promote } from './postgres/promote.ts';
import type { PostgresServer } from './postgres/server.ts';

export interface DatabaseRegion { readonly region: string; readonly server: PostgresServer; readonly ingress: DatabaseIngress }

export class Databases {
  readonly #regions: readonly DatabaseRegion[];
  /** How long the engine itself took to promote, from the call to the first committed write. */
  promoteSeconds = 0;

  constructor(regions: readonly DatabaseRegion[]) {
    this.#regions = regions;
  }

  in(region: string): DatabaseRegion {
    const found = this.#regions.find((entry) => entry.region === region);
    if (found === undefined) throw new RangeError(`there is no database in ${region}`);
    return found;
  }

  /** What RDS does when it promotes: the real engine is really promoted. */
  async promote(region: string): Promise<void> {
    const proof = await promote(this.in(region).server);
    this.promoteSeconds = proof.tookMs / 1000;
  }

  /** What a changed security group does: new client sessions are let in or not. Established ones survive, as AWS tracks connections. */
  setIngress(region: string, open: boolean): void {
    const { ingress } = this.in(region);
    if (open) ingress.open();
    else ingress.close({ keepEstablished: true, refusal: 'silence' });
  }

  async close(): Promise<void> {
    await Promise.all(this.#regions.map(async ({ server, ingress }) => {
      await ingress.stop();
      await server.kill();
    }));
  }
}
