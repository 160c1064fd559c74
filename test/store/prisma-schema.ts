import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/**
 * Describes the database of schema.prisma, one fact per line, in the format of database-schema.ts. The schema is read by
 * Prisma's own parser, a WebAssembly module inside the `prisma` package that needs no download.
 *
 * @param text the text of a schema.prisma
 * @throws Error with Prisma's message when it is not valid
 */
export function schemaFacts(text: string): string[] {
  const { models, indexes } = parse(text);
  const byName = new Map(models.map((model) => [model.name, model]));
  return models.flatMap((model) => [...columnFacts(model), ...keyFacts(model, indexes), ...foreignKeyFacts(model, byName)]).sort();
}

const defaultSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.never()),
  z.object({ name: z.literal('dbgenerated'), args: z.tuple([z.string()]) }),
]);
const fieldSchema = z.object({
  name: z.string(),
  dbName: z.string().optional(),
  kind: z.enum(['scalar', 'object']),
  isList: z.boolean(),
  isRequired: z.boolean(),
  type: z.string(),
  nativeType: z.tuple([z.string(), z.array(z.string())]).nullable(),
  default: defaultSchema.optional(),
  relationFromFields: z.array(z.string()).default([]),
  relationToFields: z.array(z.string()).default([]),
  relationOnDelete: z.string().optional(),
  relationOnUpdate: z.string().optional(),
});
const modelSchema = z.object({ name: z.string(), dbName: z.string(), fields: z.array(fieldSchema) });
const indexSchema = z.object({
  model: z.string(),
  type: z.enum(['id', 'unique', 'normal']),
  fields: z.array(z.strictObject({ name: z.string() })),
});
const dmmfSchema = z.object({ datamodel: z.object({ models: z.array(modelSchema), indexes: z.array(indexSchema) }) });
type Model = z.output<typeof modelSchema>;
type Field = z.output<typeof fieldSchema>;

function columnFacts(model: Model): string[] {
  return model.fields
    .filter((field) => field.kind === 'scalar')
    .map((field) => `${model.dbName}.${columnOf(field)} ${typeOf(field)}${field.isRequired ? ' not null' : ''}${defaultOf(field)}`);
}

function columnOf({ dbName, name }: Field): string {
  return dbName ?? name;
}

const plainTypes = new Map([
  ['String', 'text'],
  ['Int', 'integer'],
  ['BigInt', 'bigint'],
  ['Float', 'double precision'],
  ['Boolean', 'boolean'],
  ['Json', 'jsonb'],
  ['Bytes', 'bytea'],
]);

function typeOf({ type, nativeType, isList }: Field): string {
  const known = nativeType === null ? plainTypes.get(type) : nativeTypeOf(nativeType);
  if (known === undefined) throw new Error(`this test does not know the type ${type} ${JSON.stringify(nativeType)}; teach it`);
  return isList ? `${known}[]` : known;
}

function nativeTypeOf([name, args]: [string, string[]]): string | undefined {
  if (name === 'Uuid') return 'uuid';
  return name === 'Timestamptz' ? `timestamp(${args.join()}) with time zone` : undefined;
}

function defaultOf(field: Field): string {
  const { default: value, type } = field;
  if (value === undefined) return '';
  if (Array.isArray(value)) return ` default '{}'::${typeOf(field)}`;
  if (typeof value === 'object') return ` default ${value.args[0]}`;
  if (type === 'BigInt') return ` default ${value}`; // the client names it as text
  return ` default ${typeof value === 'string' ? `'${value}'::${type === 'Json' ? 'jsonb' : 'text'}` : value}`;
}

const suffix = { id: 'pkey', unique: 'key', normal: 'idx' } as const;
const kind = { id: 'primary key', unique: 'unique', normal: 'index' } as const;

function keyFacts(model: Model, indexes: readonly z.output<typeof indexSchema>[]): string[] {
  return indexes
    .filter((index) => index.model === model.name)
    .map(({ type, fields }) => {
      const columns = columnsOf(
        model,
        fields.map((field) => field.name),
      );
      const name = type === 'id' ? `${model.dbName}_pkey` : `${[model.dbName, ...columns].join('_')}_${suffix[type]}`;
      return `${model.dbName} ${kind[type]} ${name} (${columns.join(', ')})`;
    });
}

function columnsOf(model: Model, names: readonly string[]): string[] {
  return names.map((name) =>
    model.fields
      .filter((field) => field.name === name)
      .map(columnOf)
      .join(),
  );
}

function foreignKeyFacts(model: Model, byName: ReadonlyMap<string, Model>): string[] {
  return model.fields.flatMap((field) => {
    const other = byName.get(field.type);
    if (!other || field.relationFromFields.length === 0) return [];
    const columns = columnsOf(model, field.relationFromFields);
    const target = `${other.dbName}(${columnsOf(other, field.relationToFields).join(', ')})`;
    const onDelete = (field.relationOnDelete ?? (field.isRequired ? 'Restrict' : 'SetNull')).toUpperCase();
    const onUpdate = (field.relationOnUpdate ?? 'Cascade').toUpperCase();
    const name = [model.dbName, ...columns, 'fkey'].join('_');
    return [`${model.dbName} foreign key ${name} (${columns.join(', ')}) references ${target} on update ${onUpdate} on delete ${onDelete}`];
  });
}

// Declared here, because the types of Node lack it although every Node has it.
declare namespace WebAssembly {
  class Memory {
    readonly buffer: ArrayBuffer;
  }
  class Table {
    get(index: number): unknown;
    set(index: number, value: unknown): void;
    grow(by: number): number;
  }
  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): { readonly name: string }[];
  }
  class Instance {
    constructor(module: Module, imports: object);
    readonly exports: object;
  }
}

const exportsSchema = z.object({
  memory: z.instanceof(WebAssembly.Memory),
  __wbindgen_externrefs: z.instanceof(WebAssembly.Table),
  __wbindgen_start: z.custom<() => void>((value) => typeof value === 'function'),
  __wbindgen_malloc: z.custom<(bytes: number, align: number) => number>((value) => typeof value === 'function'),
  get_dmmf: z.custom<(pointer: number, bytes: number) => readonly [number, number, number, number]>((value) => typeof value === 'function'),
});

function parse(text: string): z.output<typeof dmmfSchema>['datamodel'] {
  const wasm = instantiate();
  const request = new TextEncoder().encode(JSON.stringify({ prismaSchema: [['schema.prisma', text]], noColor: true }));
  const pointer = wasm.__wbindgen_malloc(request.length, 1);
  new Uint8Array(wasm.memory.buffer).set(request, pointer);
  const [start, bytes, error, failed] = wasm.get_dmmf(pointer, request.length);
  if (failed) throw wasm.__wbindgen_externrefs.get(error);
  return dmmfSchema.parse(JSON.parse(textAt(wasm.memory, start, bytes))).datamodel;
}

/** The four functions that the module imports: three report an error by its text, one prepares the table of references. */
function instantiate(): z.output<typeof exportsSchema> {
  const file = join(dirname(createRequire(import.meta.url).resolve('prisma/package.json')), 'build', 'prisma_schema_build_bg.wasm');
  const module = new WebAssembly.Module(readFileSync(file));
  const imports = WebAssembly.Module.imports(module).map(
    ({ name }) => [name, name === '__wbindgen_init_externref_table' ? initTable : errorOf] as const,
  );
  const instance = exportsSchema.parse({
    ...new WebAssembly.Instance(module, { __wbindgen_placeholder__: Object.fromEntries(imports) }).exports,
  });
  function initTable(): void {
    const { __wbindgen_externrefs: table } = instance;
    const offset = table.grow(4);
    table.set(0, undefined);
    for (const [index, value] of [undefined, null, true, false].entries()) table.set(offset + index, value);
  }
  function errorOf(start: number, bytes: number): Error {
    return new Error(textAt(instance.memory, start, bytes));
  }
  instance.__wbindgen_start();
  return instance;
}

function textAt(memory: WebAssembly.Memory, start: number, bytes: number): string {
  return new TextDecoder().decode(new Uint8Array(memory.buffer, start >>> 0, bytes >>> 0));
}
