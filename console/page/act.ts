// Sending an action. The token came behind the # of the link; it stays in this tab and is taken out of the address, so that a copied
// address or a screenshot does not carry it.
const KEY = 'hotshift-token';

export function token(): string | null {
  const given = location.hash.slice(1);
  if (/^[A-Za-z0-9_-]{20,}$/.test(given)) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(KEY);
}

/** Undefined when it was accepted; otherwise why not. */
export async function act(name: string, body: object = {}): Promise<string | undefined> {
  try {
    const answer = await fetch(`/actions/${name}`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-hotshift-token': token() ?? '' }, body: JSON.stringify(body) });
    if (answer.ok) return undefined;
    const { error = `HTTP ${answer.status}` } = await answer.json() as { readonly error?: string };
    return error;
  } catch {
    return 'the console does not answer';
  }
}
