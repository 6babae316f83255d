// What everybody is told about an answer: who decided, what follows, and what an answer that came to nothing came to. Pure.
import type { Given } from '../../domain/answering.ts';
import type { ApplicationPlan } from '../../domain/plan.ts';
import type { Announcement, Card, Word } from '../../domain/ports.ts';
import type { Press } from './request.ts';

const DONE: Readonly<Record<Word, string>> = { approve: 'approved', deny: 'denied', hold: 'held' };
const NEXT: Readonly<Record<Word, string>> = {
  approve: 'The outage is verified once more, then it goes on.',
  deny: 'It ends and is handed to a human; nothing was moved.',
  hold: 'Silence does not count as a yes. Approve and deny stay possible.',
};

/** `incident`: whose thread it belongs to. */
export function told(given: Given, { application, execution, word }: Press, by: string, incident: string): Announcement {
  const { text, card, pager } = outcome(given, word, by);
  return {
    key: `${execution}/${word}/${by}/${given.kind}`, application, incident, severity: 'info', title: text,
    lines: [`${execution}: ${'reason' in given ? given.reason : given.kind === 'given' || given.kind === 'held' ? NEXT[word] : 'nothing follows from this alone.'}`], card, ...(pager === undefined ? {} : { pager }),
  };
}

function outcome(given: Given, word: Word, by: string): { readonly text: string; readonly card: Card; readonly pager?: 'acknowledge' } {
  switch (given.kind) {
    case 'given': return { text: `${capital(DONE[word])} by ${given.by}`, pager: 'acknowledge', card: { state: DONE[word], decided: `${DONE[word]} by ${given.by}`, next: NEXT[word], question: null } };
    case 'held': return { text: `Held by ${by}`, pager: 'acknowledge', card: { state: `held by ${by}`, decided: `held by ${by}: ${NEXT.hold}` } };
    case 'more': return { text: `${by} says yes; ${given.needed} people must`, card: { state: 'one yes of two', decided: `${by} says yes; another person must agree` } };
    case 'answered': return { text: `${by} pressed ${word}: too late`, card: { question: null, decided: `${DONE[given.decision]} by ${given.by} stands; ${word} of ${by} came later` } };
    case 'late': return { text: `${by} pressed ${word}: too late`, card: { question: null, refused: [`${word} of ${by}: ${given.reason}`] } };
    case 'refused': return { text: `${word} of ${by} does not count`, card: { refused: [`${word} of ${by}: ${given.reason}`] } };
    case 'unknown': return { text: `${by} pressed ${word}: nobody asked`, card: { question: null } };
  }
}

/** Somebody pressed a button who may not: everybody sees it. */
export const notAllowed = (plan: ApplicationPlan, { execution, word, user }: Press, reason: string, incident: string): Announcement => ({
  key: `${execution}/${word}/${user}/not-allowed`, application: plan.application, incident, severity: 'warning',
  title: `${word} was refused`, lines: [reason], card: { refused: [`${word}: ${reason}`] },
});

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
