// A finding that the plan accepts, with its reason, is told as information. What is critical cannot be accepted away.
import type { Finding } from '../../domain/inventory.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';

export function accepted(found: Finding, { accept = {} }: Pick<ApplicationPlan, 'accept'>): Finding {
  const reason = Object.hasOwn(accept, found.id) ? accept[found.id] : undefined;
  if (reason === undefined || found.severity !== 'warning') return found;
  return { ...found, severity: 'info', evidence: `${found.evidence}; accepted: ${reason}` };
}
