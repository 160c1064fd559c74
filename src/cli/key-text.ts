import type { CallerRepresentation, KeyRepresentation } from '../api/key.ts';
import { type Column, tableText } from './table.ts';

/** Formats keys as a table. */
export function keysText(keys: readonly KeyRepresentation[], width?: number): string {
  const columns: Column<KeyRepresentation>[] = [
    { title: 'key', align: 'left', cell: ({ id }) => id },
    { title: 'name', align: 'left', cell: ({ name }) => name, shortest: 10 },
    { title: 'project', align: 'left', cell: projectText },
    { title: 'rights', align: 'left', cell: ({ scopes }) => scopes.join(',') },
    { title: 'state', align: 'left', cell: ({ state }) => state },
    { title: 'ends in', align: 'left', cell: ({ lastFour }) => lastFour, extra: true },
    { title: 'last used', align: 'left', cell: ({ lastUsedAt }) => lastUsedAt ?? 'never', extra: true },
    { title: 'expires', align: 'left', cell: ({ expiresAt }) => expiresAt ?? 'never', extra: true },
  ];
  return tableText(columns, keys, width);
}

/** Describes a key in a line. */
export function keyLine(key: KeyRepresentation): string {
  const until = key.expiresAt === null ? 'until it is revoked' : `until ${key.expiresAt}`;
  const where = key.project === null ? 'in all projects' : `in the project ${key.project}`;
  const valid = key.state === 'active' ? `, valid ${until}` : '';
  return `key ${key.id} (${key.name}): ${key.scopes.join(', ')} ${where}${valid}`;
}

/** Describes the sender of a request. */
export function callerText({ keyId, project, allProjects, scopes }: CallerRepresentation): string {
  const sender = keyId === null ? 'no key, or that of the operator' : `key ${keyId}`;
  return [
    `sender   ${sender}`,
    `project  ${project}${allProjects ? ' (and all others by --project)' : ''}`,
    `rights   ${scopes.join(', ')}`,
  ].join('\n');
}

function projectText({ project }: KeyRepresentation): string {
  return project ?? '(all)';
}
