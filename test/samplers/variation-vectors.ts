import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Numbers of pymoo: see test/vectors/make-variation-vectors.py. */
export const variationVectors = z
  .strictObject({
    versions: z.record(z.string(), z.string()),
    crossovers: z.array(
      z.strictObject({ low: z.number(), high: z.number(), index: z.number(), draw: z.number(), below: z.number(), above: z.number() }),
    ),
    mutations: z.array(z.strictObject({ coordinate: z.number(), index: z.number(), draw: z.number(), child: z.number() })),
    survivors: z.array(
      z.strictObject({ losses: z.array(z.array(z.number())), violations: z.array(z.number()).nullable(), survivors: z.array(z.int()) }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../vectors/variation.json', import.meta.url), 'utf8')));
