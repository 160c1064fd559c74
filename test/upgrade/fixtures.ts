import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CampaignDocument, StudyDocument } from './view.ts';

/** What 0.1.0 answered of a study. */
export interface RecordedStudy {
  readonly name: string;
  readonly id: string;
  readonly state: string;
  readonly trials: Readonly<Record<string, number>>;
  /** Number of the best trial. */
  readonly best: number | null;
  readonly leaderboard: readonly Place[];
  readonly verification: { readonly events: number | null; readonly suggestions: number };
  readonly end?: { readonly file: string };
  /** Whether two runs end alike. */
  readonly repeatable?: boolean;
}

/** Number and value of a trial. */
export type Place = readonly [number: number, value: number | null];

/** What 0.1.0 answered of a campaign. */
export interface RecordedCampaign extends Pick<RecordedStudy, 'name' | 'id' | 'state' | 'end'> {
  readonly parts: readonly { name: string; kind: string; state: string; studyId: string; leaderboard: readonly Place[] }[];
  readonly verification: { readonly events: number | null; readonly suggestions: number };
}

/** A fork that 0.1.0 made of an export and searched to its end. */
export interface RecordedFork {
  /** Of the study, or of a part as `<campaign>/<part>`. */
  readonly name: string;
  readonly request: object;
  readonly file: string;
  readonly repeatable: boolean;
}

interface Manifest {
  readonly studies: readonly RecordedStudy[];
  readonly campaigns: readonly RecordedCampaign[];
  readonly forks: readonly RecordedFork[];
}

const folder = resolve(import.meta.dirname, '0.1.0');

export function fixtureFile(name: string): string {
  return resolve(folder, name);
}

export const manifest: Manifest = read('manifest.json');

export function studyExport(name: string): StudyDocument {
  return read(`exports/${fileOf(name)}`);
}

export function campaignExport(name: string): CampaignDocument {
  return read(`exports/${fileOf(name)}`);
}

/** The export of a study, or of a part of a campaign, by the name that forks have. */
export function documentOf(name: string): StudyDocument {
  const [campaign, part] = name.split('/');
  return part === undefined ? studyExport(name) : partOf(campaignExport(String(campaign)), part);
}

/** The export that a search in the middle ended with in 0.1.0; for a part, that of the part. Null for what had ended. */
export function endOf(name: string): StudyDocument | null {
  const [owner, part] = name.split('/');
  const recorded = [...manifest.studies, ...manifest.campaigns].find((one) => one.name === owner);
  if (!recorded?.end) return null;
  return part === undefined ? read(recorded.end.file) : partOf(read(recorded.end.file), part);
}

export function readDocument<Document = StudyDocument>(file: string): Document {
  return read(file);
}

function partOf({ parts }: CampaignDocument, name: string): StudyDocument {
  const found = parts.find((part) => part.name === name);
  if (!found) throw new Error(`there is no part ${name}`);
  return found.study;
}

function read<Content>(file: string): Content {
  return JSON.parse(readFileSync(fixtureFile(file), 'utf8'));
}

/** As the maker names files. */
function fileOf(name: string): string {
  return `${name.replaceAll(/[^a-z0-9]+/g, '-')}.json`;
}
