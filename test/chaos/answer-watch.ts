/** Kinds of messages of PostgreSQL's protocol that are looked at, by their first byte. */
const commandComplete = 0x43; // C
const readyForQuery = 0x5a; // Z
/** Kind (1 byte) and length (4 bytes, itself included). */
const headerBytes = 5;
/** Commands that change rows; outside a transaction their end is a commit. */
const changing = /^(INSERT|UPDATE|DELETE|MERGE) /;

/**
 * Follows what a server answers on one connection, from its first byte, and finds the answers that say that something is
 * committed: to `COMMIT`, and to a statement that changes rows outside a transaction. (No encryption, no COPY: none is used here.)
 */
export class AnswerWatch {
  #header = Buffer.alloc(0);
  #kind = 0;
  /** Bytes of the message's body that are still to come. */
  #left = 0;
  #body: Buffer[] = [];
  #inTransaction = false;
  #committed = false;

  /**
   * Takes the next bytes.
   *
   * @returns whether they hold the end (the server is ready again) of an answer that says that something is committed
   */
  take(chunk: Buffer): boolean {
    let ended = false;
    for (let at = 0; at < chunk.length; ) {
      at += this.#left === 0 ? this.#takeHeader(chunk, at) : this.#takeBody(chunk, at);
      if (this.#left === 0 && this.#header.length === 0) ended = this.#message() || ended;
    }
    return ended;
  }

  #takeHeader(chunk: Buffer, at: number): number {
    const taken = chunk.subarray(at, at + headerBytes - this.#header.length);
    this.#header = Buffer.concat([this.#header, taken]);
    if (this.#header.length === headerBytes) {
      this.#kind = this.#header.readUInt8(0);
      this.#left = this.#header.readInt32BE(1) - 4;
      this.#header = Buffer.alloc(0);
      this.#body = [];
    }
    return taken.length;
  }

  #takeBody(chunk: Buffer, at: number): number {
    const taken = chunk.subarray(at, at + this.#left);
    if (this.#kind === commandComplete || this.#kind === readyForQuery) this.#body.push(Buffer.from(taken));
    this.#left -= taken.length;
    return taken.length;
  }

  /** A message is whole. @returns whether it ends the answer to a commit */
  #message(): boolean {
    const text = Buffer.concat(this.#body).toString('latin1');
    if (this.#kind === commandComplete) {
      if (text === 'COMMIT\0' || (changing.test(text) && !this.#inTransaction)) this.#committed = true;
      return false;
    }
    if (this.#kind !== readyForQuery) return false;
    this.#inTransaction = text !== 'I';
    const ended = this.#committed;
    this.#committed = false;
    return ended;
  }
}
