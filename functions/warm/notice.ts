// May this notice take the place of what stands in the parameter? An epoch never goes back; what nobody can read is no reason to keep it.
import type { EpochNotice } from '../../domain/sessions.ts';

export type Replacing = 'write' | 'stands already' | 'a newer one stands';

export function replacing(stored: string | undefined, notice: EpochNotice): Replacing {
  const epoch = epochOf(stored);
  if (epoch === undefined || epoch < notice.epoch) return 'write';
  if (epoch > notice.epoch) return 'a newer one stands';
  return stored === textOf(notice) ? 'stands already' : 'write';
}

/** The same notice is the same text: keys in this order. */
export const textOf = ({ application, epoch, writer, pins }: EpochNotice): string => JSON.stringify({ application, epoch, writer, pins });

function epochOf(stored: string | undefined): number | undefined {
  try {
    const epoch = (JSON.parse(stored ?? 'null') as { readonly epoch?: unknown } | null)?.epoch;
    return typeof epoch === 'number' && Number.isSafeInteger(epoch) ? epoch : undefined;
  } catch {
    return undefined;
  }
}
