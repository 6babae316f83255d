// What a process of the old writer's clients is told, and what it says. All of it is plain data, so that it crosses IPC as it is.
import type { Attempt, Kind } from './attempts.ts';

export interface ClientsConfig {
  /** Where this process runs. */
  readonly place: string;
  readonly kinds: readonly Kind[];
  /** The old writer, as seen from here: an address, not a record, since these are clients that follow nothing. */
  readonly database: { readonly host: string; readonly port: number; readonly name: string; readonly user: string; readonly password: string; /** Its region. */ readonly region: string };
  /** The old region's application, as seen from here. */
  readonly applicationUrl: string;
  readonly permit: {
    readonly awsEndpointUrl: string; readonly tableName: string; readonly application: string; readonly database: string;
    /** Of this process: where it asks for permits. */
    readonly region: string;
    readonly permitTtlSeconds: number; readonly renewEverySeconds: number; readonly clockErrorSeconds: number; readonly surrender: boolean;
  };
  /** Between two writes of one client. */
  readonly everyMs: number;
}

export type FromClients = { readonly kind: 'ready' } | { readonly kind: 'attempt'; readonly attempt: Attempt };
