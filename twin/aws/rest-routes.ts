// Which operation a REST request names: the schema's method and path template, the most specific first.
import type { Operation, Wire } from './schema.ts';

export interface Route {
  readonly operation: Operation;
  readonly labels: Readonly<Record<string, string>>;
}

interface Template {
  readonly operation: Operation;
  readonly method: string;
  readonly path: RegExp;
  readonly labels: readonly string[];
  /** Query parameters that are part of the route, like `?versions`. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly literalLength: number;
}

const templates = new WeakMap<Wire, readonly Template[]>();

/** The operation and its path labels; undefined when none fits. Throws URIError for a path that cannot be decoded. */
export function routeOf(wire: Wire, method: string, url: URL): Route | undefined {
  for (const template of templatesOf(wire)) {
    const match = template.method === method ? template.path.exec(url.pathname) : null;
    if (match === null || !template.query.every(([name, value]) => url.searchParams.has(name) && (value === '' || url.searchParams.get(name) === value))) continue;
    const labels = template.labels.map((label, index) => [label, decodeURIComponent(match[index + 1] ?? '')]);
    return { operation: template.operation, labels: Object.fromEntries(labels) as Record<string, string> };
  }
  return undefined;
}

function templatesOf(wire: Wire): readonly Template[] {
  const known = templates.get(wire);
  if (known !== undefined) return known;
  const made = [...wire.operations.values()].flatMap((operation) => (operation.http === undefined ? [] : [templateOf(operation, operation.http)]));
  made.sort((left, right) => right.query.length - left.query.length || right.literalLength - left.literalLength);
  templates.set(wire, made);
  return made;
}

function templateOf(operation: Operation, [method, uri]: readonly [string, string, number]): Template {
  const [path = '', query = ''] = uri.split('?');
  const labels: string[] = [];
  const pattern = path.replace(/\/$/, '').split(/(\{[^}]+\})/).map((part) => {
    if (!part.startsWith('{')) return part.replace(/[.*?$^|()[\]\\+]/g, '\\$&');
    labels.push(part.slice(1, -1).replace('+', ''));
    // A greedy label ({Name+}) may hold slashes.
    return part.endsWith('+}') ? '(.+)' : '([^/]+)';
  });
  return {
    operation, method, labels,
    path: new RegExp(`^${pattern.join('')}/?$`),
    query: [...new URLSearchParams(query)],
    literalLength: path.replace(/\{[^}]+\}/g, '').length,
  };
}
