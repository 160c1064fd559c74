import { buildApp } from './app.ts';
import type { App, Services } from './services.ts';

/** The OpenAPI document of an application. */
export async function openApiDocument(app: App): Promise<object> {
  await app.ready();
  return app.swagger();
}

/** The OpenAPI document as it is committed: made from the routes alone, needs no database, ends with a new line. */
export async function renderOpenApi(): Promise<string> {
  const app = await buildApp(unusedServices);
  try {
    return `${JSON.stringify(await openApiDocument(app), null, 2)}\n`;
  } finally {
    await app.close();
  }
}

const unused = (): never => {
  throw new Error('the document is made without a request');
};

const unusedServices: Services = {
  transactions: { transaction: unused },
  reader: {
    snapshot: unused,
    study: unused,
    studies: unused,
    trialCounts: unused,
    trials: unused,
    leaderboard: unused,
    trial: unused,
    measurements: unused,
    checkpoints: unused,
    steps: unused,
    events: unused,
    storedResults: unused,
    incidents: unused,
    environments: unused,
    evaluation: unused,
    evaluations: unused,
    campaign: unused,
    campaigns: unused,
    campaignParts: unused,
    trialTotals: unused,
    improvements: unused,
    bestConfigurations: unused,
    trialPoints: unused,
    generationValues: unused,
    storedTraces: unused,
    nonCanonicalNumbers: unused,
  },
  planner: { suggest: unused },
  readiness: unused,
  version: '',
  drawSeed: unused,
};
