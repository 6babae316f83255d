// What an application needs to hear when the writer has moved: under which epoch, from where users that were pinned are to be served, and
// that what it has cached and the connections that it holds are of the time before.
import type { Region } from './plan.ts';

export interface SessionPlan {
  /** Keys that sign sessions: the same secret in both regions, or users must log in again. Compared by `hotshift check --aws`, never read. */
  readonly signingKeySecretIds: readonly string[];
  /** SSM parameter that the application reads, by the same name in each region. */
  readonly parameterName?: string;
  /** Region -> topic there that the application's servers are subscribed to. */
  readonly topicArns: Readonly<Record<Region, string>>;
}

/** What the parameter holds and the topic tells, as JSON. */
export interface EpochNotice {
  readonly application: string; readonly epoch: number;
  /** The region whose database is the writer. */
  readonly writer: Region;
  /** Region that a user is pinned to -> region that serves these users now. */
  readonly pins: Readonly<Record<Region, Region>>;
}

export interface Sessions {
  /** The parameter's text; undefined when there is none. */
  read(parameterName: string, region: Region): Promise<string | undefined>;
  write(parameterName: string, region: Region, text: string): Promise<void>;
  /** Tells the servers that are subscribed. */
  tell(topicArn: string, region: Region, notice: EpochNotice): Promise<void>;
}
