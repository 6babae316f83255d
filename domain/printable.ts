// Text from outside that is about to be shown to people.

/** Text that cannot act on a terminal: control characters could rewrite it, invisible ones make two names look alike. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
