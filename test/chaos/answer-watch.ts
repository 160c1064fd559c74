/** First bytes of the PostgreSQL protocol messages that are inspected. */
const commandComplete = 0x43; // C
const readyForQuery = 0x5a; // Z
/** Length of the header: kind (1 byte) and length (4 bytes, itself included). */
const headerBytes = 5;
/** Commands that change rows. Outside a transaction, their end is a commit. */
const changing = /^(INSERT|UPDATE|DELETE|MERGE) /;

/**
 * Follows a server's answers on one connection from the first byte, and finds those that confirm a commit: the answer to
 * `COMMIT`, and to a statement that changes rows outside a transaction. (Encryption and COPY are not supported, because
 * neither is used here.)
 */
export class AnswerWatch {
  #header = Buffer.alloc(0);
  #kind = 0;
  /** Number of bytes of the message's body that have not arrived yet. */
  #left = 0;
  #body: Buffer[] = [];
  #inTransaction = false;
  #committed = false;

  /**
   * Takes the next bytes.
   *
   * @returns whether they contain the end (the server is ready again) of an answer that confirms a commit
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

  /** Handles a complete message. @returns whether it ends the answer to a commit */
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
