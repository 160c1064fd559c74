import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ProblemCode } from '../api/problem.ts';
import { newId } from '../shared/ids.ts';
import { problemOf } from './problem-body.ts';
import { problemKinds } from './problems.ts';

/** Problems for the errors of Node's HTTP parser, by error code. Default `malformed-http`. */
const parserErrors: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'the request did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'the request line and the headers are larger than 16 KiB'],
};

/** Answers a request that Node could not parse. Writes to the socket directly, if it is still open. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(response(...(parserErrors[error.code ?? ''] ?? ['malformed-http', 'the request cannot be read as HTTP'])));
}

function response(code: ProblemCode, detail: string): string {
  const body = `${JSON.stringify(problemOf(code, { detail, requestId: newId() }), null, 2)}\n`;
  const { status } = problemKinds[code];
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
}
