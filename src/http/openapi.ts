import { TrialDispatcher } from '../studies/actions/trial-dispatcher.ts';
import { buildApp } from './app.ts';
import type { App, Services } from './services.ts';

/** Returns the OpenAPI document of an application. */
export async function openApiDocument(app: App): Promise<object> {
  await app.ready();
  return app.swagger();
}

/** Returns the text of the committed OpenAPI document. It is built from the routes, without a database, and ends with a new line. */
export async function renderOpenApi(): Promise<string> {
  const app = await buildApp(unusedServices);
  try {
    return `${JSON.stringify(await openApiDocument(app), null, 2)}\n`;
  } finally {
    await app.close();
  }
}

const unused = (): never => {
  throw new Error('the OpenAPI document is built without any request');
};

const unusedServices: Services = {
  transactions: { transaction: unused, ownedBy: unused },
  access: {
    keyByDigest: unused,
    key: unused,
    keys: unused,
    insertKey: unused,
    revokeKey: unused,
    noteUse: async () => undefined,
    hasAdministrator: unused,
    hasKeys: unused,
    projects: unused,
    project: unused,
    insertProject: unused,
    audit: unused,
    changeProject: unused,
    projectUsage: unused,
    beginErasure: unused,
    projectOf: unused,
  },
  isLocal: true,
  metrics: { contentType: 'text/plain', text: unused },
  reader: {
    snapshot: unused,
    study: unused,
    keptRequest: unused,
    studies: unused,
    overview: unused,
    trialCounts: unused,
    trials: unused,
    leaderboard: unused,
    paretoFront: unused,
    frontProgress: unused,
    trial: unused,
    measurements: unused,
    workerNotes: unused,
    rankedBeside: unused,
    checkpoints: unused,
    events: unused,
    storedResults: unused,
    incidents: unused,
    judgements: unused,
    stops: unused,
    environments: unused,
    evaluation: unused,
    evaluations: unused,
    campaign: unused,
    campaigns: unused,
    partOverviews: unused,
    nearestToLimits: unused,
    campaignParts: unused,
    trialTotals: unused,
    improvements: unused,
    bestConfigurations: unused,
    trialPoints: unused,
    generationValues: unused,
    learningCurves: unused,
    stoppedTrials: unused,
    rungTotals: unused,
    memberTrials: unused,
    storedTraces: unused,
    nonCanonicalNumbers: unused,
  },
  feed: { position: unused, subscribe: unused, read: unused, isComplete: unused },
  webhooks: {
    store: {
      insert: unused,
      webhook: unused,
      webhooks: unused,
      change: unused,
      delete: unused,
      rotate: unused,
      ping: unused,
      deliveries: unused,
      delivery: unused,
      redeliver: unused,
    },
    allowed: [],
    wake: unused,
  },
  planner: { suggest: unused },
  fronts: { front: unused },
  asking: {
    dispatcher: new TrialDispatcher({
      asking: {
        study: unused,
        results: unused,
        observationsBefore: unused,
        givenConfigurations: unused,
        handOutWaiting: unused,
        store: unused,
        activeStudies: unused,
        objectives: unused,
      },
      transactions: { transaction: unused },
      suggestionsDue: unused,
      onFault: unused,
    }),
    trials: { heartbeat: unused, report: unused, complete: unused, fail: unused, release: unused },
  },
  readiness: unused,
  runnersFor: unused,
  version: '',
  drawSeed: unused,
};
