import { digestOf } from '../../src/shared/digest.ts';
import { badCampaigns } from './bad-campaigns.ts';
import type { BadRequest } from './bad-request.ts';
import { geneticStudy, unknownId } from './definitions.ts';

/** A body as text, so that it may say what JSON.stringify cannot. */
function raw(title: string, payload: string | Buffer, code: string, at?: string): BadRequest {
  return {
    title,
    request: { method: 'POST', url: '/v1/studies', payload, headers: { 'content-type': 'application/json' } },
    code,
    ...(at !== undefined && { at }),
  };
}

/** A definition that is wrong in one part. */
function wrong(title: string, changes: Record<string, unknown>, at: string): BadRequest {
  return raw(title, JSON.stringify(geneticStudy(changes)), 'invalid-study', at);
}

/** A search space with one parameter that is wrong. */
function parameter(title: string, fields: Record<string, unknown>, at: string): BadRequest {
  return wrong(title, { searchSpace: [{ type: 'float', name: 'learningRate', low: 0.001, high: 0.01, ...fields }] }, `/searchSpace/0${at}`);
}

/** Another method, address or header. */
function call(title: string, request: BadRequest['request'], code: string, at?: string): BadRequest {
  return { title, request, code, ...(at !== undefined && { at }) };
}

/** The definition with one place of its text replaced. */
function spliced(find: string, replacement: string): string {
  const text = JSON.stringify(geneticStudy());
  if (!text.includes(find)) throw new Error(`${find} is not in the definition`);
  return text.replace(find, replacement);
}

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const space = geneticStudy().searchSpace;
/** With the right digest, which is no secret. */
const forgedKey = `${unknownId} a\u0000`;
const forgedDigest = digestOf({ list: 'studies', filters: { sort: 'name' }, key: forgedKey }).slice(0, 16);
const forgedCursor = `${Buffer.from(forgedKey).toString('base64url')}.${forgedDigest}`;
const json = { 'content-type': 'application/json' };
const optimizer = { type: 'categorical', name: 'optimizer', choices: ['adam', 'sgd'] };
const when = (name: string, parent: string, values: unknown[]) => ({
  type: 'float',
  name,
  low: 0.001,
  high: 0.01,
  when: { parameter: parent, values },
});

const bodies: readonly BadRequest[] = [
  raw('no body', '', 'invalid-study', ''),
  raw('text that is no JSON', '{"name": }', 'malformed-json'),
  raw('a body cut short', '{"name": "x"', 'malformed-json'),
  raw('NaN', spliced('"seed":1', '"seed":NaN'), 'malformed-json'),
  raw('Infinity', spliced('"seed":1', '"seed":Infinity'), 'malformed-json'),
  raw('a trailing comma', '{"name":"x",}', 'malformed-json'),
  raw('a comment', '{/* no */}', 'malformed-json'),
  raw('bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'malformed-json'),
  raw('a number too large for a double', spliced('"low":1,', '"low":1e400,'), 'invalid-request', '/searchSpace/1/low'),
  raw('a negative number too large for a double', spliced('"low":1,', '"low":-1e400,'), 'invalid-request', '/searchSpace/1/low'),
  raw('a negative zero', spliced('"seed":1', '"seed":-0'), 'invalid-request', '/seed'),
  raw('a negative zero by underflow', spliced('"seed":1', '"seed":-1e-400'), 'invalid-request', '/seed'),
  raw('U+0000 in a text', spliced('"small"', '"sm\\u0000all"'), 'invalid-request', '/name'),
  raw('U+0000 in a key', spliced('"seed":1', '"se\\u0000ed":1'), 'invalid-request', '/se\u0000ed'),
  raw('half a surrogate pair', spliced('"small"', '"\\ud800"'), 'invalid-request', '/name'),
  raw('half a surrogate pair in a key', spliced('"seed":1', '"\\udc00":1'), 'invalid-request'),
  raw('nesting deeper than 32', spliced('"seed":1', `"seed":${deep(40)}`), 'invalid-request'),
  raw('nesting as deep as the body is long', deep(250_000), 'invalid-request'),
  raw('more than 250,000 values', `[${'0,'.repeat(250_001)}0]`, 'invalid-request', ''),
  raw('a __proto__ key', spliced('"seed":1', '"__proto__":{"admin":true}'), 'invalid-request', '/__proto__'),
  raw('a constructor with a prototype', spliced('"seed":1', '"constructor":{"prototype":{}}'), 'invalid-request', '/constructor'),
  call(
    'an import of another format',
    { method: 'POST', url: '/v1/studies/import', payload: '{"document": {"format": "other/1"}}', headers: json },
    'invalid-document',
    '/document/format',
  ),
  call(
    'an import of a study for a campaign',
    { method: 'POST', url: '/v1/campaigns/import', payload: '{"document": {"format": "clavier-study/2"}}', headers: json },
    'invalid-document',
    '/document/format',
  ),
  raw('a body above 8 MiB', `"${'x'.repeat(8 * 1_048_576)}"`, 'payload-too-large'),
  raw('a list for a definition', '[]', 'invalid-study', ''),
  raw('null for a definition', 'null', 'invalid-study', ''),
  raw('a number for a definition', '7', 'invalid-study', ''),
  raw('an empty definition', '{}', 'invalid-study', '/searchSpace'),
  raw('a preset that is not there', '{"preset":"landscape-9"}', 'invalid-study', '/preset'),
  raw('a preset that is no name', '{"preset":3}', 'invalid-study', '/preset'),
  raw('a preset with a wrong part', '{"preset":"landscape-1","budget":{"generations":0}}', 'invalid-study', '/budget/generations'),
  raw('a preset with an unknown key', '{"preset":"landscape-1","colour":"red"}', 'invalid-study', '/colour'),
];

const definitions: readonly BadRequest[] = [
  wrong('an unknown key', { colour: 'red' }, '/colour'),
  wrong('an unknown key that needs escaping', { 'a/b~c': 1 }, '/a~1b~0c'),
  wrong('no name', { name: undefined }, '/name'),
  wrong('an empty name', { name: '' }, '/name'),
  wrong('a name that is too long', { name: 'x'.repeat(201) }, '/name'),
  wrong('a name that is a number', { name: 5 }, '/name'),
  wrong('a name with a control character', { name: 'a\nb' }, '/name'),
  wrong('an empty search space', { searchSpace: [] }, '/searchSpace'),
  wrong(
    'too many parameters',
    { searchSpace: Array.from({ length: 65 }, (_, index) => ({ ...space[1], name: `p${index}` })) },
    '/searchSpace',
  ),
  wrong('a parameter name twice', { searchSpace: [space[1], space[1]] }, '/searchSpace/1/name'),
  wrong('a hyperparameter that is not there', { searchSpace: [{ type: 'int', name: 'wings', low: 1, high: 2 }] }, '/searchSpace/0/name'),
  parameter('an unknown type of parameter', { type: 'complex' }, '/type'),
  parameter('a name with a space', { name: 'learning rate' }, '/name'),
  parameter('low above high', { low: 1, high: 0.5 }, '/high'),
  parameter('low as a text', { low: '0.1' }, '/low'),
  parameter('a step of 0', { step: 0 }, '/step'),
  parameter('a negative step', { step: -1 }, '/step'),
  parameter('a step that makes too many values', { step: 1e-300 }, '/step'),
  parameter('a step that was computed', { low: 0, high: 1.2, step: 0.1 + 0.2 }, '/step'),
  parameter('an upper bound that was computed too low', { low: 0.1, high: 0.1 + 0.7, step: 0.1 }, '/high'),
  parameter('a log scale from 0', { low: 0, scale: 'log' }, '/low'),
  parameter('a log scale from below 0', { low: -1, scale: 'log' }, '/low'),
  parameter('an unknown scale', { scale: 'cubic' }, '/scale'),
  parameter('a distance too large for a double', { low: -1.7e308, high: 1.7e308 }, '/high'),
  parameter('values that the hyperparameter cannot take', { high: 1000 }, '/high'),
  parameter('an integer from 0.5', { type: 'int', name: 'hiddenUnits', low: 0.5, high: 4 }, '/low'),
  parameter('an integer that no double holds', { type: 'int', name: 'hiddenUnits', low: 1, high: 2 ** 60 }, '/high'),
  parameter('a float for whole numbers', { name: 'steps', low: 1, high: 4 }, '/type'),
  parameter('no choices', { type: 'categorical', low: undefined, high: undefined, choices: [] }, '/choices'),
  parameter('a choice twice', { type: 'categorical', low: undefined, high: undefined, choices: [0.1, 0.1] }, '/choices/1'),
  parameter('a choice that is a list', { type: 'categorical', low: undefined, high: undefined, choices: [[1]] }, '/choices/0'),
  wrong('a condition on itself', { searchSpace: [when('learningRate', 'learningRate', [1])] }, '/searchSpace/0/when/parameter'),
  wrong(
    'conditions in a circle',
    { searchSpace: [when('learningRate', 'dropout', [1]), when('dropout', 'learningRate', [1])] },
    '/searchSpace/0/when/parameter',
  ),
  wrong(
    'a condition on an unknown parameter',
    { searchSpace: [optimizer, when('learningRate', 'wings', ['adam'])] },
    '/searchSpace/1/when/parameter',
  ),
  wrong('a condition on a float', { searchSpace: [space[0], when('dropout', 'learningRate', [0.001])] }, '/searchSpace/1/when/parameter'),
  wrong(
    'a condition on a value never taken',
    { searchSpace: [optimizer, when('learningRate', 'optimizer', ['lion'])] },
    '/searchSpace/1/when/values/0',
  ),
  wrong('a condition without values', { searchSpace: [optimizer, when('learningRate', 'optimizer', [])] }, '/searchSpace/1/when/values'),
  wrong('an unknown metric', { metrics: [{ name: 'beauty' }] }, '/metrics/0/name'),
  wrong('an unknown direction', { metrics: [{ name: 'loss', direction: 'sideways' }] }, '/metrics/0/direction'),
  wrong('a metric twice', { metrics: [{ name: 'value' }, { name: 'value' }] }, '/metrics'),
  wrong('more metrics than 4', { metrics: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name })) }, '/metrics'),
  wrong('a constraint of an unknown value', { constraints: [{ metric: 'beauty', max: 1 }] }, '/constraints/0/metric'),
  wrong('a constraint without a limit', { constraints: [{ metric: 'value' }] }, '/constraints/0'),
  wrong('a constraint whose limits exclude each other', { constraints: [{ metric: 'value', min: 2, max: 1 }] }, '/constraints/0/max'),
  wrong(
    'two constraints of one value',
    {
      constraints: [
        { metric: 'value', min: 0 },
        { metric: 'value', max: 1 },
      ],
    },
    '/constraints/1/metric',
  ),
  wrong('a constraint with an unknown key', { constraints: [{ metric: 'value', maximum: 1 }] }, '/constraints/0/maximum'),
  wrong('more constraints than 16', { constraints: Array.from({ length: 17 }, () => ({ metric: 'value', max: 1 })) }, '/constraints'),
  wrong('an unknown sampler', { sampler: { type: 'oracle' } }, '/sampler/type'),
  wrong('a sampler without a type', { sampler: {} }, '/sampler/type'),
  wrong('an option of another sampler', { sampler: { type: 'random', population: 3 }, budget: { trials: 3 } }, '/sampler/population'),
  wrong('a population of one', { sampler: { type: 'genetic', population: 1 } }, '/sampler/population'),
  wrong('as many elites as individuals', { sampler: { type: 'genetic', population: 4, elites: 4 } }, '/sampler/elites'),
  wrong(
    'a mutation probability above 1',
    { sampler: { type: 'genetic', mutation: { probability: 1.5 } } },
    '/sampler/mutation/probability',
  ),
  wrong('bits of an unknown parameter', { sampler: { type: 'genetic', bits: { wings: 3 } } }, '/sampler/bits/wings'),
  wrong('bits beyond a gene', { sampler: { type: 'genetic', bits: { hiddenUnits: 99 } } }, '/sampler/bits/hiddenUnits'),
  wrong(
    'a grid over a continuous parameter',
    { sampler: { type: 'grid' }, searchSpace: [{ ...space[0], step: undefined }], budget: {} },
    '/sampler/axes/learningRate',
  ),
  wrong(
    'a grid axis that is neither values nor points',
    { sampler: { type: 'grid', axes: { hiddenUnits: { steps: 3 } } }, budget: {} },
    '/sampler/axes/hiddenUnits/steps',
  ),
  wrong(
    'a grid value twice',
    { sampler: { type: 'grid', axes: { hiddenUnits: { values: [3, 3] } } }, budget: {} },
    '/sampler/axes/hiddenUnits/values/1',
  ),
  wrong('no budget', { budget: undefined }, '/budget'),
  wrong('only a target value', { budget: { targetValue: 0.9 } }, '/budget'),
  wrong('generations for random search', { sampler: { type: 'random' } }, '/budget/generations'),
  wrong('no trials', { budget: { trials: 0 } }, '/budget/trials'),
  wrong('half a trial', { budget: { trials: 1.5 } }, '/budget/trials'),
  wrong('a wall clock of 0', { budget: { wallClockSeconds: 0 } }, '/budget/wallClockSeconds'),
  wrong('a parallelism of 0', { parallelism: 0 }, '/parallelism'),
  wrong('a negative seed', { seed: -1 }, '/seed'),
  wrong('a seed that no double holds', { seed: 2 ** 53 }, '/seed'),
  wrong('no attempts', { retries: { maxAttempts: 0 } }, '/retries/maxAttempts'),
  wrong('an unknown objective', { objective: { type: 'chess' } }, '/objective/type'),
  wrong('an unknown choice of an option', { objective: { type: 'test-function', function: 'novels' } }, '/objective/function'),
  wrong('an option of 0', { objective: { type: 'test-function', function: 'lstm-landscape', examples: 0 } }, '/objective/examples'),
  wrong(
    'two options that exclude each other',
    { objective: { type: 'test-function', function: 'lstm-landscape', examples: 10, noise: 0.5 } },
    '/objective/noise',
  ),
];

const calls: readonly BadRequest[] = [
  ...['gzip', 'br', 'identity, gzip', 'x-unknown', ''].map((encoding) =>
    call(
      `a body with the encoding "${encoding}"`,
      { method: 'POST', url: '/v1/studies', payload: geneticStudy(), headers: { 'content-encoding': encoding } },
      'unsupported-media-type',
    ),
  ),
  call('a query that cannot be decoded', { url: '/v1/studies?name=%ff' }, 'malformed-url'),
  call('half an escape in a query', { url: '/v1/studies?name=100%' }, 'malformed-url'),
  raw('a preset with another sampler and no budget', '{"preset":"landscape-1","sampler":{"type":"random"}}', 'invalid-study', '/budget'),
  call(
    'another content type',
    { method: 'POST', url: '/v1/studies', payload: 'name: x', headers: { 'content-type': 'application/yaml' } },
    'unsupported-media-type',
  ),
  call(
    'a form',
    { method: 'POST', url: '/v1/studies', payload: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    'unsupported-media-type',
  ),
  call('a body without a content type', { method: 'POST', url: '/v1/studies', payload: Buffer.from('{}') }, 'unsupported-media-type'),
  call('a query that POST does not take', { method: 'POST', url: '/v1/studies?dry=1', payload: {} }, 'invalid-request', 'dry'),
  call('a limit of 0', { url: '/v1/studies?limit=0' }, 'invalid-request', 'limit'),
  call('a limit above 200', { url: '/v1/studies?limit=201' }, 'invalid-request', 'limit'),
  call('an empty limit', { url: '/v1/studies?limit=' }, 'invalid-request', 'limit'),
  call('a limit that is no number', { url: '/v1/studies?limit=ten' }, 'invalid-request', 'limit'),
  call('a limit twice', { url: '/v1/studies?limit=1&limit=2' }, 'invalid-request', 'limit'),
  call('an unknown state', { url: '/v1/studies?state=asleep' }, 'invalid-request', 'state'),
  call('an unknown parameter', { url: '/v1/studies?limt=5' }, 'invalid-request', 'limt'),
  call('U+0000 in a filter', { url: '/v1/studies?name=%00' }, 'invalid-request', 'name'),
  call('U+0000 in the value of a label', { url: '/v1/studies?label=team=%00' }, 'invalid-request', 'label'),
  call('the year 0', { url: '/v1/studies?createdAfter=0000-01-01T00:00:00Z' }, 'invalid-request', 'createdAfter'),
  call('a time before the year 1', { url: '/v1/studies?createdBefore=0001-01-01T00:00:00%2B14:00' }, 'invalid-request', 'createdBefore'),
  call('a time after the year 9999', { url: '/v1/campaigns?createdBefore=9999-12-31T23:59:59-14:00' }, 'invalid-request', 'createdBefore'),
  call('U+0000 in a forged cursor', { url: `/v1/studies?sort=name&cursor=${forgedCursor}` }, 'invalid-cursor', 'cursor'),
  call('a broken cursor', { url: '/v1/studies?cursor=nonsense' }, 'invalid-cursor', 'cursor'),
  call('a cursor that is too long', { url: `/v1/studies?cursor=${'a'.repeat(1501)}` }, 'invalid-request', 'cursor'),
  call('an unknown order', { url: '/v1/studies?sort=best' }, 'invalid-request', 'sort'),
  call('a time without a zone', { url: '/v1/studies?createdAfter=2026-11-24T12:00:00' }, 'invalid-request', 'createdAfter'),
  call('a campaign that is no id', { url: '/v1/studies?campaign=mine' }, 'invalid-request', 'campaign'),
  call('a label whose name cannot be one', { url: '/v1/studies?label=a%20b%3Dc' }, 'invalid-request', 'label'),
  call('one wrong state of two', { url: '/v1/studies?state=active&state=asleep' }, 'invalid-request', 'state'),
  call('a study id that is no UUID', { url: '/v1/studies/7' }, 'invalid-request', 'studyId'),
  call('U+0000 for a study id', { url: '/v1/studies/%00' }, 'invalid-request', 'studyId'),
  call('a very long study id', { url: `/v1/studies/${'a'.repeat(10_000)}` }, 'invalid-request', 'studyId'),
  call('a study that is not there', { url: `/v1/studies/${unknownId}` }, 'study-not-found'),
  call('trials of a study that is not there', { url: `/v1/studies/${unknownId}/trials` }, 'study-not-found'),
  call('the export of a study that is not there', { url: `/v1/studies/${unknownId}/export` }, 'study-not-found'),
  call('pausing a study that is not there', { method: 'POST', url: `/v1/studies/${unknownId}/pause` }, 'study-not-found'),
  call('deleting a study that is not there', { method: 'DELETE', url: `/v1/studies/${unknownId}` }, 'study-not-found'),
  call(
    'a fork of a study that is not there',
    { method: 'POST', url: `/v1/studies/${unknownId}/fork`, payload: { trials: 1 } },
    'study-not-found',
  ),
  call(
    'a fork that keeps nothing',
    { method: 'POST', url: `/v1/studies/${unknownId}/fork`, payload: { trials: 0 } },
    'invalid-fork',
    '/trials',
  ),
  call('a comparison of nothing', { url: '/v1/compare' }, 'invalid-request', 'study'),
  call('a comparison of one study', { url: `/v1/compare?study=${unknownId}` }, 'invalid-request', 'study'),
  call(
    'a comparison of a study with itself',
    { url: `/v1/compare?study=${unknownId}&study=${unknownId.toUpperCase()}` },
    'invalid-request',
    'study',
  ),
  call('a comparison of what is no id', { url: `/v1/compare?study=${unknownId}&study=7` }, 'invalid-request', 'study'),
  call(
    'a page of a comparison of eleven studies',
    { url: `/v1/compare.html?${`study=${unknownId}&`.repeat(11)}` },
    'invalid-request',
    'study',
  ),
  call(
    'a comparison with a study that is not there',
    { url: `/v1/compare?study=${unknownId}&study=${unknownId.replace('0', '1')}` },
    'study-not-found',
  ),
  call('pausing with a body', { method: 'POST', url: `/v1/studies/${unknownId}/pause`, payload: { now: true } }, 'invalid-request', ''),
  call('a negative generation', { url: `/v1/studies/${unknownId}/trials?generation=-1` }, 'invalid-request', 'generation'),
  call('a leaderboard of 201', { url: `/v1/studies/${unknownId}/leaderboard?limit=201` }, 'invalid-request', 'limit'),
  call('a front of 201', { url: `/v1/studies/${unknownId}/front?limit=201` }, 'invalid-request', 'limit'),
  call(
    'a reference point that is no list of numbers',
    { url: `/v1/studies/${unknownId}/front?reference=1;2` },
    'invalid-request',
    'reference',
  ),
  call('the front of a study that is not there', { url: `/v1/studies/${unknownId}/front` }, 'study-not-found'),
  call('a trial that is not there', { url: `/v1/trials/${unknownId}` }, 'trial-not-found'),
  call('a trial id that is no UUID', { url: '/v1/trials/x' }, 'invalid-request', 'trialId'),
  call('looking at a preset that is not there', { url: '/v1/presets/landscape-9' }, 'preset-not-found'),
  call('a path that is not there', { url: '/v1/study' }, 'route-not-found'),
  call('a path with a slash too many', { url: '/v1/studies/' }, 'route-not-found'),
  call('a path that cannot be decoded', { url: '/v1/studies/%zz' }, 'malformed-url'),
  call('PUT on a list', { method: 'PUT', url: '/v1/studies', payload: '{}', headers: json }, 'method-not-allowed'),
  call('PUT on a study', { method: 'PUT', url: `/v1/studies/${unknownId}`, payload: '{', headers: json }, 'method-not-allowed'),
  call(
    'a change of a study that is not there',
    { method: 'PATCH', url: `/v1/studies/${unknownId}`, payload: '{"priority":1}', headers: json },
    'study-not-found',
  ),
  call(
    'a change to a priority that is no number',
    { method: 'PATCH', url: `/v1/studies/${unknownId}`, payload: '{"priority":"high"}', headers: json },
    'invalid-change',
    '/priority',
  ),
  call(
    'an extension without a budget',
    { method: 'POST', url: `/v1/studies/${unknownId}/extend`, payload: '{}', headers: json },
    'invalid-change',
    '/budget',
  ),
  call('a change that is cut off', { method: 'PATCH', url: `/v1/studies/${unknownId}`, payload: '{', headers: json }, 'malformed-json'),
  call('GET on a move', { url: `/v1/studies/${unknownId}/pause` }, 'method-not-allowed'),
  call('DELETE on a trial', { method: 'DELETE', url: `/v1/trials/${unknownId}` }, 'method-not-allowed'),
];

/** Requests that must be refused and change nothing. */
export const badRequests: readonly BadRequest[] = [...bodies, ...definitions, ...calls, ...badCampaigns];
