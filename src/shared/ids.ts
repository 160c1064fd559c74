import { v7 } from 'uuid';

/** Makes an identifier: UUID version 7 (RFC 9562), so that ids sort by creation time. */
export function newId(): string {
  return v7();
}
