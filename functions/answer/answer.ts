// Answer: tells Route 53's health checkers whether users are led away from a region. Asked some times a second, for ever; it reads the
// replica of its own region, and keeps to what it last knew while that does not answer.
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { Ports, TrafficSwitch } from '../../domain/ports.ts';
import { answering, askedAbout, said, type Answer } from './leaving.ts';

export const answer = ({ switches }: Pick<Ports, 'switches'>, plans: readonly Pick<ApplicationPlan, 'application'>[]) => {
  const known = new Map<string, TrafficSwitch>();
  return async ({ rawPath }: { readonly rawPath: string }): Promise<Answer> => {
    const asked = askedAbout(rawPath);
    // Strangers may ask anything here: only names of the plan lead to a read.
    if (asked === undefined || !plans.some(({ application }) => application === asked.application)) return said(404, 'unknown');
    try {
      known.set(asked.application, await switches.glance(asked.application));
    } catch (error) {
      // A table without an answer must not lead users back to a region that was left.
      if (!known.has(asked.application)) throw error;
    }
    return answering(asked.region, known.get(asked.application) ?? { application: asked.application, epoch: 0 });
  };
};
