import type { Command } from 'commander';
import type { AuditEntryRepresentation } from '../api/audit.ts';
import type { AuditListFilter } from '../client/keys.ts';
import { auditHelp } from './command-help.ts';
import { exitCodes } from './exit-codes.ts';
import { auditActionOf, countOf, pastTimeOf } from './option-values.ts';
import { type Column, tableText } from './table.ts';
import { type CommandTools, type CommandWorld, type ConnectionOptions, runCommand, withConnection, writeJson, writeLine } from './tools.ts';

interface AuditOptions extends ConnectionOptions {
  readonly action?: AuditListFilter['action'];
  readonly target?: string;
  readonly person?: string;
  readonly since?: string;
  readonly limit: number;
  readonly json?: true;
}

/** Adds `clavier audit`. */
export function addAuditCommand(program: Command, world: CommandWorld): void {
  withConnection(
    program.command('audit').description('list who changed keys and projects, and who cancelled or deleted what, newest first'),
  )
    .option('--action <action>', 'only this action, such as key-created or study-deleted', auditActionOf)
    .option('--target <id>', 'only entries of a key, study or campaign, or of the project of this name')
    .option('--person <name>', 'only what this person did, as a trusted proxy named them')
    .option('--since <time>', 'length before now such as 12h, 7d or 4w, or time such as 2026-11-24T12:00:00Z', pastTimeOf)
    .option('--limit <count>', 'most entries', countOf, 100)
    .option('--json', 'print a JSON array')
    .addHelpText('after', auditHelp)
    .action((options: AuditOptions) => runCommand(world, options, (tools) => list(tools, options)));
}

async function list(tools: CommandTools, { action, target, person, since, limit, json }: AuditOptions): Promise<number> {
  const entries: AuditEntryRepresentation[] = [];
  for await (const entry of tools.client.audit({ action, target, person, since })) {
    entries.push(entry);
    if (entries.length >= limit) break;
  }
  if (json) writeJson(tools, entries);
  else if (entries.length === 0) tools.screen.stream.write('There are no entries.\n');
  else writeLine(tools, auditText(entries, tools.out.columns));
  return exitCodes.done;
}

/** Formats entries of the audit log as a table. */
export function auditText(entries: readonly AuditEntryRepresentation[], width?: number): string {
  const columns: Column<AuditEntryRepresentation>[] = [
    { title: 'time', align: 'left', cell: ({ at }) => at },
    { title: 'action', align: 'left', cell: ({ action }) => action },
    { title: 'target', align: 'left', cell: ({ target }) => target },
    { title: 'name', align: 'left', cell: ({ details }) => String(details['name'] ?? ''), shortest: 10 },
    { title: 'by', align: 'left', cell: senderText, shortest: 10 },
    { title: 'from', align: 'left', cell: ({ address }) => address ?? '' },
    { title: 'project', align: 'left', cell: ({ project }) => project ?? '(all)', extra: true },
    { title: 'request', align: 'left', cell: ({ requestId }) => requestId ?? '', extra: true },
  ];
  return tableText(columns, entries, width);
}

function senderText({ caller, keyName, person }: AuditEntryRepresentation): string {
  const sender = keyName === null ? caller : `key ${keyName}`;
  return person === null ? sender : `${person} (${sender})`;
}
