// The live view: server-sent events applied to the page's own copy, which is shown at most once a frame. A connection that broke is opened
// again where it stopped; the browser does that by itself, and where it has given up, this does.
import { applied, type Change, type View } from '../view.ts';

const AGAIN_MS = 1_500;

export interface StreamEvents { readonly onView: (view: View) => void; readonly onLink: (state: 'live' | 'lost') => void }

export function follow({ onView, onLink }: StreamEvents): void {
  let view: View | undefined;
  let lastId = '';
  let drawn = true;
  const show = (): void => {
    if (!drawn) return;
    drawn = false;
    // A page in the background gets no frames; it is drawn when somebody looks.
    requestAnimationFrame(() => {
      drawn = true;
      if (view !== undefined) onView(view);
    });
  };
  const open = (): void => {
    const source = new EventSource(`/events?after=${encodeURIComponent(lastId)}`);
    source.addEventListener('open', () => onLink('live'));
    source.addEventListener('snapshot', (event) => {
      [view, lastId] = [JSON.parse(String(event.data)) as View, event.lastEventId];
      show();
    });
    source.addEventListener('change', (event) => {
      if (view === undefined) return;
      [view, lastId] = [applied(view, JSON.parse(String(event.data)) as Change), event.lastEventId];
      show();
    });
    source.addEventListener('error', () => {
      onLink('lost');
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, AGAIN_MS);
    });
  };
  open();
}
