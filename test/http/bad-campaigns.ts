import type { BadRequest } from './bad-request.ts';
import { geneticStudy, smallCampaign, unknownId } from './definitions.ts';

const url = '/v1/campaigns';

/** A body that is refused. */
function sent(title: string, payload: unknown, at: string, code = 'invalid-campaign'): BadRequest {
  const headers = { 'content-type': 'application/json' };
  return { title: `campaign: ${title}`, request: { method: 'POST', url, payload: JSON.stringify(payload), headers }, code, at };
}

/** A definition that is wrong in one part. */
function wrong(title: string, changes: Record<string, unknown>, at: string): BadRequest {
  return sent(title, smallCampaign(changes), at);
}

/** A preset with what is wrong beside it. */
function preset(title: string, beside: Record<string, unknown>, at: string): BadRequest {
  return sent(`a preset with ${title}`, { preset: 'landscape', ...beside }, at);
}

/** Another method or address. */
function call(title: string, request: BadRequest['request'], code: string, at?: string): BadRequest {
  return { title: `campaign: ${title}`, request, code, ...(at !== undefined && { at }) };
}

const [random, genetic] = smallCampaign().studies;

const bodies: readonly BadRequest[] = [
  call('no body', { method: 'POST', url }, 'invalid-campaign', ''),
  sent('a list for a definition', [], ''),
  sent('a text for a definition', 'landscape', ''),
  sent('null for a definition', null, ''),
  sent('an empty definition', {}, '/studies'),
  sent('a study definition', geneticStudy(), '/sampler'),
  call('text that is no JSON', { method: 'POST', url, payload: '{', headers: { 'content-type': 'application/json' } }, 'malformed-json'),
  call(
    'a number too large for a double',
    { method: 'POST', url, payload: '{"seed":1e400}', headers: { 'content-type': 'application/json' } },
    'invalid-request',
    '/seed',
  ),
];

const definitions: readonly BadRequest[] = [
  wrong('an unknown key', { colour: 'red' }, '/colour'),
  wrong('no name', { name: undefined }, '/name'),
  wrong('a sampler of its own', { sampler: { type: 'random' } }, '/sampler'),
  wrong('no studies', { studies: [] }, '/studies'),
  wrong('too many studies', { studies: Array.from({ length: 21 }, (_, index) => ({ ...random, name: `r${index}` })) }, '/studies'),
  wrong('a study without a name', { studies: [{ ...random, name: undefined }, genetic] }, '/studies/0/name'),
  wrong('a study name with capital letters', { studies: [{ ...random, name: 'Random' }, genetic] }, '/studies/0/name'),
  wrong('a study name twice', { studies: [random, genetic, random] }, '/studies/2/name'),
  wrong('a study that is called as the final', { studies: [random, genetic, { ...random, name: 'final-grid' }] }, '/studies/2/name'),
  wrong('a study that is called as a repeat', { studies: [random, genetic, { ...random, name: 'repeat-1' }] }, '/studies/2/name'),
  wrong('an unknown sampler', { studies: [{ ...random, sampler: { type: 'oracle' } }, genetic] }, '/studies/0/sampler/type'),
  wrong('a study without a budget', { studies: [{ ...random, budget: undefined }, genetic] }, '/studies/0/budget'),
  wrong(
    'generations for random search',
    { studies: [{ ...random, budget: { generations: 3 } }, genetic] },
    '/studies/0/budget/generations',
  ),
  wrong(
    'as many elites as individuals',
    { studies: [random, { ...genetic, sampler: { type: 'genetic', population: 4, elites: 4 } }] },
    '/studies/1/sampler/elites',
  ),
  wrong('a seed in a study', { studies: [{ ...random, seed: 1 }, genetic] }, '/studies/0/seed'),
  wrong('a constraint of an unknown value', { constraints: [{ metric: 'beauty', max: 1 }] }, '/constraints/0/metric'),
  wrong('a constraint without a limit', { constraints: [{ metric: 'value' }] }, '/constraints/0'),
  wrong('a constraint whose limits exclude each other', { constraints: [{ metric: 'value', min: 2, max: 1 }] }, '/constraints/0/max'),
  wrong(
    'a constraint of a study',
    { studies: [{ ...random, constraints: [{ metric: 'value', max: 1 }] }, genetic] },
    '/studies/0/constraints',
  ),
  wrong('an unknown order', { order: 'random' }, '/order'),
  wrong('a final without finalists', { final: { finalists: [] } }, '/final/finalists'),
  wrong('a finalist of a study that is not there', { final: { finalists: [{ study: 'tpe' }] } }, '/final/finalists/0/study'),
  wrong('a study twice in the final', { final: { finalists: [{ study: 'random' }, { study: 'random' }] } }, '/final/finalists/1/study'),
  wrong('more finalists than trials', { final: { finalists: [{ study: 'random', top: 5 }] } }, '/final/finalists/0/top'),
  wrong('a top of 0', { final: { finalists: [{ study: 'random', top: 0 }] } }, '/final/finalists/0/top'),
  wrong('a final that is neither crossed nor not', { final: { finalists: [{ study: 'random' }], cross: 'yes' } }, '/final/cross'),
  wrong('no points of the grid', { final: { finalists: [{ study: 'random' }], grid: { trials: 0 } } }, '/final/grid/trials'),
  wrong('too many repeats', { evaluation: { repeats: 51 } }, '/evaluation/repeats'),
  wrong('half a repeat', { evaluation: { repeats: 1.5 } }, '/evaluation/repeats'),
  wrong('a train size of 0 for the repeats', { evaluation: { trainSize: 0 } }, '/evaluation/trainSize'),
  wrong('an unknown choice of an option', { objective: { type: 'test-function', function: 'novels' } }, '/objective/function'),
  wrong(
    'two options that exclude each other',
    { objective: { type: 'test-function', function: 'lstm-landscape', examples: 10, noise: 0.5 } },
    '/objective/noise',
  ),
  wrong('a hyperparameter that is not there', { searchSpace: [{ type: 'int', name: 'wings', low: 1, high: 2 }] }, '/searchSpace/0/name'),
  wrong(
    'an upper bound that was computed too low',
    { searchSpace: [{ type: 'float', name: 'learningRate', low: 0.1, high: 0.1 + 0.7, step: 0.1 }] },
    '/searchSpace/0/high',
  ),
  wrong('a label whose name has a space', { labels: { 'a b': 'c' } }, '/labels/a b'),
  wrong('a negative seed', { seed: -1 }, '/seed'),
  wrong('a dry run that is a text', { dryRun: 'true' }, '/dryRun'),
  wrong('a dry run that has a violation', { dryRun: true, order: 'random' }, '/order'),
  wrong('a scale without a preset', { scale: 0.5 }, '/scale'),
];

const presets: readonly BadRequest[] = [
  sent('a preset that is not there', { preset: 'landscape-9' }, '/preset'),
  sent('a preset that is no name', { preset: 3 }, '/preset'),
  preset('a negative scale', { scale: -0.1 }, '/scale'),
  preset('a scale above 1', { scale: 1.5 }, '/scale'),
  preset('a scale that is a text', { scale: '0.5' }, '/scale'),
  preset('an unknown key', { colour: 'red' }, '/colour'),
  preset('a wrong scale and an unknown key', { scale: 2, colour: 'red' }, '/colour'),
  preset('a wrong part', { evaluation: { repeats: -1 } }, '/evaluation/repeats'),
  preset('a final for studies that are gone', { studies: [random] }, '/final/finalists/1/study'),
  preset('a sampler', { sampler: { population: 4 } }, '/sampler'),
];

const calls: readonly BadRequest[] = [
  call('a query that POST does not take', { method: 'POST', url: `${url}?dryRun=true`, payload: {} }, 'invalid-request', 'dryRun'),
  call('a limit of 0', { url: `${url}?limit=0` }, 'invalid-request', 'limit'),
  call('an unknown state', { url: `${url}?state=asleep` }, 'invalid-request', 'state'),
  call('a broken cursor', { url: `${url}?cursor=nonsense` }, 'invalid-cursor', 'cursor'),
  call('an id that is no UUID', { url: `${url}/7` }, 'invalid-request', 'campaignId'),
  call('one that is not there', { url: `${url}/${unknownId}` }, 'campaign-not-found'),
  call('the winner of one that is not there', { url: `${url}/${unknownId}/winner` }, 'campaign-not-found'),
  call('the export of one that is not there', { url: `${url}/${unknownId}/export` }, 'campaign-not-found'),
  call('a parameter for the finalists', { url: `${url}/${unknownId}/finalists?limit=3` }, 'invalid-request', 'limit'),
  call('pausing one that is not there', { method: 'POST', url: `${url}/${unknownId}/pause` }, 'campaign-not-found'),
  call('cancelling with a body', { method: 'POST', url: `${url}/${unknownId}/cancel`, payload: { now: true } }, 'invalid-request', ''),
  call('deleting one that is not there', { method: 'DELETE', url: `${url}/${unknownId}` }, 'campaign-not-found'),
  call('looking at a preset that is not there', { url: '/v1/presets/landscape-9' }, 'preset-not-found'),
  call('a label that is no name', { url: `${url}?label=${encodeURIComponent('a b=c')}` }, 'invalid-request', 'label'),
  call('a change of one that is not there', { method: 'PATCH', url: `${url}/${unknownId}`, payload: { labels: {} } }, 'campaign-not-found'),
  call('a change of its name', { method: 'PATCH', url: `${url}/${unknownId}`, payload: { name: 'new' } }, 'invalid-change', '/name'),
  call('PUT on the list', { method: 'PUT', url }, 'method-not-allowed'),
];

/** Requests for campaigns that must be refused and change nothing. */
export const badCampaigns: readonly BadRequest[] = [...bodies, ...definitions, ...presets, ...calls];
