// DNS over TCP: each message comes behind two bytes that say how long it is (RFC 7766 section 8), cut anywhere.

const LENGTH_BYTES = 2;

/** A reader that is fed chunks and gives the messages that each one completes. It holds at most one message and its rest. */
export function pieces(): (chunk: Buffer) => Buffer[] {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const messages: Buffer[] = [];
    while (rest.length >= LENGTH_BYTES && rest.length >= LENGTH_BYTES + rest.readUInt16BE(0)) {
      const end = LENGTH_BYTES + rest.readUInt16BE(0);
      messages.push(rest.subarray(LENGTH_BYTES, end));
      rest = rest.subarray(end);
    }
    return messages;
  };
}
