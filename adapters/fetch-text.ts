// One HTTP exchange with a time limit that holds. Node's `fetch` can stay pending for ever when its signal aborts while the body is
// read (nodejs/node#56917), and whoever waits for it with it: so the wait is bounded here and not by the signal alone.

export interface TextAnswer { readonly status: number; readonly ok: boolean; readonly text: string }

/** Resolves with the whole answer, rejects when there is none within `timeoutMs`, body included. */
export async function fetchText(url: string, init: Omit<RequestInit, 'signal'>, timeoutMs: number): Promise<TextAnswer> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no whole answer within ${timeoutMs} ms`));
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([exchange(url, { ...init, signal: controller.signal }), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(url: string, init: RequestInit): Promise<TextAnswer> {
  const response = await fetch(url, init);
  return { status: response.status, ok: response.ok, text: await response.text() };
}
