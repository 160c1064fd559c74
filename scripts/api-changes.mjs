// Usage: node scripts/api-changes.mjs OLD NEW
// Lists what a client of the OpenAPI document OLD has to change for NEW, grouped for the CHANGELOG: operations and parameters, then the
// members of requests and of answers. A member that is only new in an answer is no such change; it is counted.
// Example: git show v0.1.0:openapi/openapi.json > /tmp/old.json && node scripts/api-changes.mjs /tmp/old.json openapi/openapi.json
import { readFileSync } from 'node:fs';

const [oldDocument, newDocument] = process.argv.slice(2, 4).map((file) => JSON.parse(readFileSync(file, 'utf8')));
if (!oldDocument || !newDocument) throw new Error('usage: node scripts/api-changes.mjs OLD NEW');

const found = { operations: new Set(), requests: new Set(), answers: new Set() };
let added = 0;

const before = operationsOf(oldDocument);
const after = operationsOf(newDocument);
for (const [id, { address }] of before) if (!after.has(id)) found.operations.add(`\`${address}\` (${id}) is gone`);
for (const [id, { address, operation }] of before) {
  const now = after.get(id);
  if (!now) continue;
  if (now.address !== address) found.operations.add(`\`${address}\` (${id}) is now \`${now.address}\``);
  compareParameters(id, operation.parameters ?? [], now.operation.parameters ?? []);
  compareBodies('requests', id, operation.requestBody, now.operation.requestBody);
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (now.operation.responses[status]) compareBodies('answers', id, answer, now.operation.responses[status]);
    else found.operations.add(`${id} no longer answers ${status}`);
  }
}
for (const [id, { address }] of after) if (!before.has(id)) added += Number(Boolean(address));

print('Operations and parameters', found.operations);
print('Requests', found.requests);
print('Answers', found.answers);
const all = found.operations.size + found.requests.size + found.answers.size;
process.stdout.write(`\n${all} changes that a client may have to follow; ${added} new operations and members that it may ignore.\n`);

function operationsOf({ paths }) {
  const listed = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [
      operation.operationId,
      { address: `${method.toUpperCase()} ${path}`, operation },
    ]),
  );
  return new Map(listed);
}

function compareParameters(id, older, newer) {
  for (const parameter of older) {
    const now = newer.find(({ name, in: place }) => name === parameter.name && place === parameter.in);
    if (!now) found.operations.add(`${id}: the parameter \`${parameter.name}\` is gone`);
    else compare('requests', `${id} ?${parameter.name}`, parameter.schema, now.schema, new Set());
  }
  for (const { name, required } of newer) {
    if (required && !older.some((parameter) => parameter.name === name))
      found.operations.add(`${id}: the parameter \`${name}\` is required`);
  }
}

function compareBodies(side, id, older, newer) {
  for (const [type, { schema }] of Object.entries(older?.content ?? {})) {
    const now = newer?.content?.[type];
    if (now) compare(side, id, schema, now.schema, new Set());
    else found.operations.add(`${id}: no ${type} any more`);
  }
}

/** Compares two schemas of one place. @param seen pairs of names that are being compared */
function compare(side, place, older, newer, seen) {
  if (older === undefined || newer === undefined) return;
  const [one, name] = resolved(oldDocument, older);
  const [other, newName] = resolved(newDocument, newer);
  const pair = `${name} ${newName}`;
  if (name && seen.has(pair)) return;
  const within = name ? new Set([...seen, pair]) : seen;
  const here = name && !isChoice(one) ? name : place;
  compareTypes(side, here, one, other);
  compareValues(side, here, one, other);
  compareMembers(side, here, one, other, within);
  for (const [key, mark] of [
    ['items', '[]'],
    ['additionalProperties', '.*'],
  ]) {
    if (isObject(one[key]) && isObject(other[key])) compare(side, `${here}${mark}`, one[key], other[key], within);
  }
  compareChoices(side, here, one, other, within);
}

function compareMembers(side, here, one, other, seen) {
  if (!one.properties || !other.properties) return;
  for (const [key, member] of Object.entries(one.properties)) {
    if (other.properties[key] === undefined) found[side].add(`\`${here}.${key}\` is gone`);
    else compare(side, `${here}.${key}`, member, other.properties[key], seen);
  }
  for (const key of Object.keys(other.properties)) {
    if (one.properties[key] !== undefined) continue;
    if (side === 'requests' && other.required?.includes(key)) found[side].add(`\`${here}.${key}\` is required`);
    else added += 1;
  }
  for (const key of other.required ?? []) {
    if (side === 'requests' && one.properties[key] !== undefined && !one.required?.includes(key))
      found[side].add(`\`${here}.${key}\` is now required`);
  }
}

function compareTypes(side, here, one, other) {
  const [from, to] = [typesOf(oldDocument, one), typesOf(newDocument, other)];
  if (from !== to && from !== '' && to !== '') found[side].add(`\`${here}\` is ${to}, was ${from}`);
}

function compareValues(side, here, one, other) {
  if (!one.enum || !other.enum) return;
  const gone = one.enum.filter((value) => !other.enum.includes(value));
  const fresh = other.enum.filter((value) => !one.enum.includes(value));
  if (gone.length > 0) found[side].add(`\`${here}\` is no longer ${gone.join(', ')}`);
  if (fresh.length > 0 && side === 'answers') found[side].add(`\`${here}\` may also be ${fresh.join(', ')}`);
}

/** Compares choices of objects by the constant that tells them apart, or by their names; other choices have their types. */
function compareChoices(side, here, one, other, seen) {
  const later = choicesOf(newDocument, other);
  for (const { key, schema } of choicesOf(oldDocument, one).filter((choice) => choice.key !== undefined)) {
    const match = later.find((choice) => choice.key === key);
    if (match) compare(side, here, schema, match.schema, seen);
    else if (later.length > 0) found[side].add(`\`${here}\` is no longer ${key}`);
  }
}

function choicesOf(document, schema) {
  const choices = schema.anyOf ?? schema.oneOf ?? [schema];
  return choices.flatMap((choice) => {
    const [found, name] = resolved(document, choice);
    if (found === schema || (!found.properties && !found.anyOf && !found.oneOf)) return [];
    const constant = Object.values(found.properties ?? {}).find((member) => member.const !== undefined)?.const;
    return [
      { key: constant ?? (choices.length <= 2 && choices.some(({ type }) => type === 'null') ? 'the object' : name), schema: choice },
    ];
  });
}

/** The JSON types of a schema, without those of its choices of objects. */
function typesOf(document, schema) {
  const [found] = resolved(document, schema);
  if (found.const !== undefined) return 'string';
  const types = [found.type ?? [], ...(found.anyOf ?? found.oneOf ?? []).map((choice) => typesOf(document, choice).split(' or '))].flat();
  return [...new Set(types)].filter(Boolean).sort().join(' or ');
}

function isChoice(schema) {
  return Boolean(schema.anyOf ?? schema.oneOf);
}

function resolved(document, schema, name) {
  if (!schema.$ref) return [schema, name];
  const target = schema.$ref.slice('#/components/schemas/'.length);
  return resolved(document, document.components.schemas[target], target);
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

function print(title, lines) {
  process.stdout.write(
    `\n### ${title}\n\n${
      [...lines]
        .sort()
        .map((line) => `- ${line}\n`)
        .join('') || 'none\n'
    }`,
  );
}
