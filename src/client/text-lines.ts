/** Reads the lines of a body as they arrive, without their line ends. No more than a line is kept. */
export async function* textLines(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  if (body === null) return;
  const [reader, decoder] = [body.getReader(), new TextDecoder()];
  let pieces: string[] = [];
  let isWhole = false;
  try {
    while (!isWhole) {
      const { done, value } = await reader.read();
      isWhole = done;
      const [first = '', ...others] = (done ? decoder.decode() : decoder.decode(value, { stream: true })).split('\n');
      pieces.push(first);
      for (const next of others) {
        yield pieces.join('');
        pieces = [next];
      }
    }
    const last = pieces.join('');
    if (last !== '') yield last;
  } finally {
    // A reader that stops early ends the response.
    if (!isWhole) await reader.cancel().catch(() => undefined);
  }
}
