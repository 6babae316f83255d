// Small ways to change the page without touching what has not changed: screen readers and the eye are disturbed by nothing else.

export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export function make<Name extends keyof HTMLElementTagNameMap>(name: Name, attributes: Attributes = {}, ...children: readonly (Node | string)[]): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) set(made, key, value);
  made.append(...children);
  return made;
}

/** Sets or removes an attribute, only where it differs. */
export function set(target: Element, name: string, value: string | number | boolean | undefined): void {
  const wanted = value === undefined || value === false ? null : value === true ? '' : String(value);
  if (target.getAttribute(name) === wanted) return;
  if (wanted === null) target.removeAttribute(name);
  else target.setAttribute(name, wanted);
}

export function say(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

export const secondsText = (ms: number): string => (ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.floor(ms / 60_000)} min`);

export const clockText = (at: number): string => new Date(at).toLocaleTimeString('en-GB');
