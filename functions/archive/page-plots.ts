// What the vantage points saw while an execution decided, as two plots in plain SVG: who answered, and how late. Only looks that a decision
// was made on are journaled, so that there are points and no curve of every probe. Pure; nothing from the journal gets in but numbers and
// escaped names.
import type { JournalEntry } from '../../domain/journal.ts';
import type { Observation } from '../../domain/observation.ts';
import { durationText, offsetText } from './words.ts';

interface Point { readonly at: number; readonly vantagePoint: string; readonly target: string; readonly result: string; readonly latencyMs: number }

const [WIDTH, LEFT, ROW, HEIGHT] = [720, 190, 18, 150];
/** With the shapes, so that nobody needs to tell colours apart. */
const SHAPES: Readonly<Record<string, string>> = { up: 'good', slow: 'warn', impaired: 'bad', down: 'bad', abstained: 'quiet' };

/** Distinct looks, oldest first. */
export function lookedAt(entries: readonly JournalEntry[]): readonly Point[] {
  const found = entries.flatMap(({ evidence }) => (Array.isArray(evidence) ? evidence as readonly (Partial<Observation> | null)[] : [])).flatMap((one): readonly Point[] => {
    const { at, vantagePoint, target, result, latencyMs } = one ?? {};
    return typeof at !== 'number' || typeof vantagePoint !== 'string' || typeof target !== 'string' || typeof result !== 'string' || typeof latencyMs !== 'number' ? [] : [{ at, vantagePoint, target, result, latencyMs }];
  });
  return [...new Map(found.map((point) => [`${point.at} ${point.vantagePoint} ${point.target}`, point])).values()].sort((left, right) => left.at - right.at);
}

/** Empty when nothing was looked at. */
export function plots(entries: readonly JournalEntry[], escaped: (text: string) => string): string {
  const points = lookedAt(entries);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const span = Math.max(1, last.at - first.at);
  const x = ({ at }: Point): string => (LEFT + ((WIDTH - LEFT - 12) * (at - first.at)) / span).toFixed(1);
  const axis = (y: number): string => `<text x="${LEFT}" y="${y}" class="axis">${offsetText(0)}</text><text x="${WIDTH - 12}" y="${y}" text-anchor="end" class="axis">${offsetText(span / 1000)}</text>`;
  return `<section>
<h2>What was seen</h2>
<p class="quiet">The looks that decisions were made on, from ${escaped(new Date(first.at).toISOString())}.</p>
${answers(points, x, axis, escaped)}
${latencies(points, x, axis, escaped)}
</section>`;
}

type Axis = (y: number) => string;

function answers(points: readonly Point[], x: (point: Point) => string, axis: Axis, escaped: (text: string) => string): string {
  const rows = [...new Set(points.map(({ vantagePoint, target }) => `${target} from ${vantagePoint}`))].sort();
  const marks = points.map((point) => {
    const y = ROW * (rows.indexOf(`${point.target} from ${point.vantagePoint}`) + 1);
    const tone = SHAPES[point.result] ?? 'quiet';
    const title = `<title>${escaped(`${point.target} ${point.result} from ${point.vantagePoint}`)}</title>`;
    return tone === 'good' ? `<circle cx="${x(point)}" cy="${y - 4}" r="3" class="${tone}">${title}</circle>`
      : `<path d="M${x(point)} ${y - 9}l5 9h-10z" class="${tone}">${title}</path>`;
  });
  const height = ROW * (rows.length + 1) + 8;
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Answers of each region as seen from each vantage point; triangles are no good answers">
${rows.map((row, index) => `<text x="0" y="${ROW * (index + 1)}">${escaped(row)}</text>`).join('')}${marks.join('')}${axis(height - 4)}
</svg>`;
}

function latencies(points: readonly Point[], x: (point: Point) => string, axis: Axis, escaped: (text: string) => string): string {
  const most = Math.max(1, ...points.map(({ latencyMs }) => latencyMs));
  const y = ({ latencyMs }: Point): string => (HEIGHT - 24 - ((HEIGHT - 40) * latencyMs) / most).toFixed(1);
  const targets = [...new Set(points.map(({ target }) => target))].sort();
  const dots = points.map((point) => {
    const title = `<title>${escaped(`${point.target} from ${point.vantagePoint}: ${Math.round(point.latencyMs)} ms`)}</title>`;
    return targets.indexOf(point.target) === 0 ? `<circle cx="${x(point)}" cy="${y(point)}" r="3" class="first">${title}</circle>` : `<rect x="${(Number(x(point)) - 3).toFixed(1)}" y="${(Number(y(point)) - 3).toFixed(1)}" width="6" height="6" class="second">${title}</rect>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="How late each region answered">
<text x="0" y="16">late by up to ${durationText(most / 1000)}</text>${targets.map((target, index) => `<text x="0" y="${40 + ROW * index}">${index === 0 ? '&#9679;' : '&#9632;'} ${escaped(target)}</text>`).join('')}${dots.join('')}${axis(HEIGHT - 4)}
</svg>`;
}
