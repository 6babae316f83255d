// What a command is answered with: to whoever asked, or to the whole channel.
export interface Reply { readonly text: string; readonly toAll: boolean }

export const only = (text: string): Reply => ({ text, toAll: false });

/** What was typed or seen must not page everybody. */
export const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
