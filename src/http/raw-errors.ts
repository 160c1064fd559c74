import type { Socket } from 'node:net';
import { newId } from '../shared/ids.ts';
import { type ProblemCode, problemKinds, problemOf } from './problems.ts';

/** Answers on the bare socket what Node could not read as HTTP, where anybody still listens. */
export function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    socket.end('HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  const isLarge = error.code === 'HPE_HEADER_OVERFLOW';
  socket.end(
    isLarge
      ? response('headers-too-large', 'the request line and the headers are larger than 16 KiB')
      : response('malformed-http', 'the request cannot be read as HTTP'),
  );
}

function response(code: ProblemCode, detail: string): string {
  const body = `${JSON.stringify(problemOf(code, { detail, requestId: newId() }), null, 2)}\n`;
  const { status } = problemKinds[code];
  const reason = status === 431 ? 'Request Header Fields Too Large' : 'Bad Request';
  return `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
}
