// The parts of the page that a record adds: RTO as each vantage point saw it, who asked and agreed, by which package, and what is to be
// followed up. Pure; `escaped` is the page's own.
import type { ExecutionCost } from './cost.ts';
import type { Evidence } from './evidence.ts';
import type { FollowUpRow } from './follow-ups.ts';
import { durationText } from './words.ts';

type Escape = (text: string) => string;

const table = (name: string, heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<div class="wide" tabindex="0" role="region" aria-label="${name}"><table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>${rows.map(([first = '', ...rest]) => `<tr><th scope="row">${first}</th>${rest.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</tbody></table></div>`;

export function proof(evidence: Evidence | undefined, escaped: Escape): string {
  if (evidence === undefined) return '';
  const { achievedRtoSeconds, vantagePoints, requestedBy, approvals, configSha256, version, counts, seal, previous } = evidence;
  const rto = achievedRtoSeconds === undefined ? '<p>No RTO was achieved: only what ended as "Failed over" has one.</p>'
    : `<p>Achieved RTO: <strong>${durationText(achievedRtoSeconds)}</strong>, the longest of the vantage points.</p>${table('RTO by vantage point', ['Vantage point', 'Failing since', 'Seen well at', 'RTO'], vantagePoints.map((one) => [escaped(one.vantagePoint), escaped(one.failingSince), escaped(one.seenWellAt), durationText(one.seconds)]))}`;
  const facts = [
    ['Counts as a proof', counts ? 'yes' : 'no'], ['Asked for by', escaped(requestedBy)], ['Words of people', approvals.length === 0 ? 'none' : approvals.map(escaped).join('<br>')],
    ['Version', escaped(version)], ['SHA-256 of the configuration', `<code>${escaped(configSha256)}</code>`], ['Seal of this record', `<code>${escaped(seal)}</code>`], ['Seal of the one before', previous === '' ? 'the first' : `<code>${escaped(previous)}</code>`],
  ];
  return `<section>\n<h2>Proof</h2>\n${rto}\n${table('Proof', ['What', ''], facts)}\n</section>${spent(evidence.cost, escaped)}`;
}

/** The workflow and its functions; what it moved costs its own money. */
function spent(cost: ExecutionCost | undefined, escaped: Escape): string {
  if (cost === undefined) return '';
  const { dollars, prices, lines } = cost;
  const total = dollars === undefined || prices === undefined ? '<p>No prices were packaged: quantities only.</p>' : `<p><strong>$${dollarText(dollars)}</strong> at the list prices of ${escaped(prices.region)}, read on ${escaped(prices.read)}; without capacity that was added, agents, transfer and people.</p>`;
  return `\n<section>\n<h2>Cost</h2>\n${total}\n${table('Cost', ['What', 'Quantity', 'Known how', 'Dollars'], lines.map((line) => [escaped(line.item), String(line.quantity), line.basis, line.dollars === undefined ? '&ndash;' : dollarText(line.dollars)]))}\n</section>`;
}

/** Four digits behind the point and never a plain zero for something. */
const dollarText = (dollars: number): string => (dollars > 0 && dollars < 0.0001 ? 'less than 0.0001' : dollars.toFixed(4));

export const followUpSection = (rows: readonly FollowUpRow[] | undefined, escaped: Escape): string => (rows === undefined || rows.length === 0 ? ''
  : `<section>\n<h2>To be followed up</h2>\n${table('Follow-ups', ['What', 'Owner', 'Due', 'State'], rows.map((row) => row.map(escaped)))}\n</section>`);
