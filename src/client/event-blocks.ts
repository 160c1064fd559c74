/** A block of a stream of server-sent events. */
export interface EventBlock {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  /** Time in ms to wait before the next connection. */
  readonly retry?: string;
}

/** Reads the blocks of a stream, comments left out. Every line of a block of this service has one field, and every field one line. */
export async function* eventBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<EventBlock> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield blockOf(block);
  }
}

function blockOf(text: string): EventBlock {
  const fields = text.split('\n').flatMap((line) => {
    const colon = line.indexOf(': ');
    return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 2)]] : [];
  });
  return Object.fromEntries(fields);
}
