/** A trainer of fake trainings (test/runner/fake-training.mjs), for the jobs of the text classifier. */
import { serve } from '../../../runner/fake-training.mjs';

await serve({
  read: ({ datasetFolder: folder, hyperparameters, earlier, modelSeed: seed }) => ({
    folder,
    steps: hyperparameters.epochs,
    seed,
    changedAt: (step) => {
      if (step <= (earlier[0]?.epochs ?? step)) return '';
      const { learningRate, dropout } = earlier.find(({ epochs }) => step <= epochs) ?? hyperparameters;
      return ` ${learningRate} ${dropout}`;
    },
  }),
  values: (quality) => ({ loss: quality, accuracy: quality ?? 0.5, aucPr: quality ?? 0.5, trainLoss: quality }),
  evaluation: (quality) => ({
    rows: 10,
    positives: 5,
    loss: quality,
    accuracy: quality ?? 0.5,
    aucPr: quality ?? 0.5,
    aucPrTrapezoid: quality ?? 0.5,
    aucRoc: quality ?? 0.5,
    precision: quality ?? 0,
    recall: quality ?? 0,
    f1: quality ?? 0,
    confusion: { truePositives: 0, falsePositives: 0, trueNegatives: 5, falseNegatives: 5 },
    curve: [{ threshold: 0.5, precision: quality ?? 0.5, recall: quality ?? 0.5 }],
  }),
});
