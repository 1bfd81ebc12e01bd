import type { JsonObject } from '../../protocol/index.ts';

/** Pages that tell more about a key of the top. */
const pages: Readonly<Record<string, string>> = {
  attachments: 'configuration.md#attachments',
  budgets: 'budgets.md',
  conversations: 'conversations.md',
  fallbacks: 'reliability.md#fallbacks',
  history: 'history.md',
  limits: 'reliability.md',
  mcp_servers: 'tools.md',
  plugins: 'hooks.md',
  prices: 'pricing.md',
  providers: 'providers.md',
  secrets: 'secrets.md',
  storage: 'storage.md',
  telemetry: 'operations.md',
  timeouts: 'reliability.md#deadlines',
};

interface Row {
  /** As the pages write it: `purposes.NAME.models[].key`. */
  readonly key: string;
  readonly type: string;
  readonly meaning: string;
}

/** docs/config-reference.md, of docs/config.schema.json: every key, what may stand there and what it means. */
export function configReference(schema: JsonObject): string {
  const definitions = schema['definitions'] as Record<string, JsonObject>;
  const names = Object.keys(schema['properties'] as JsonObject);
  const sections = names.map((name) => section(name, rowsOf(definitions[name] ?? {}, name, definitions)));
  return [
    '# Every key of the configuration',
    '',
    'Written by `npm run generate` from the schema that the configuration is checked with; what the keys are for, with examples, is in',
    '[configuration.md](configuration.md). All are optional where nothing else is said. `NAME` stands for a name of your choice, `[]` for',
    'each of a list. Where a value goes, `{ $env: VARIABLE }` goes too.',
    '',
    `At the top: ${names.map((name) => `[\`${name}\`](#${name})`).join(', ')}.`,
    '',
    ...sections,
  ].join('\n');
}

function section(name: string, rows: readonly Row[]): string {
  const [first, ...more] = rows;
  const page = pages[name];
  return [
    `## ${name}`,
    '',
    `${capital(first?.type ?? '')}. ${first?.meaning ?? ''}${page === undefined ? '' : ` [More](${page}).`}`,
    '',
    ...(more.length === 0 ? [] : ['| key | value | meaning |', '| --- | --- | --- |', ...more.map(line), '']),
  ].join('\n');
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function line({ key, type, meaning }: Row): string {
  return `| \`${key}\` | ${cell(type)} | ${cell(meaning)} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** The key and all below it, in their order. */
function rowsOf(schema: JsonObject, key: string, definitions: Readonly<Record<string, JsonObject>>): Row[] {
  const own: Row = { key, type: typeOf(schema, definitions), meaning: meaningOf(schema) };
  const below = alternatives(schema, definitions).flatMap((one): Row[] => {
    const rows = Object.entries((one['properties'] ?? {}) as Record<string, JsonObject>).flatMap(([name, child]) =>
      rowsOf(child, `${key}.${name}`, definitions),
    );
    const others = one['additionalProperties'];
    const item = one['items'];
    return [
      ...rows,
      ...(isObject(others) ? rowsOf(others, `${key}.NAME`, definitions).slice(hasMeaning(others) ? 0 : 1) : []),
      ...(isObject(item) ? rowsOf(item, `${key}[]`, definitions).slice(hasMeaning(item) ? 0 : 1) : []),
    ];
  });
  const seen = new Set<string>();
  return [own, ...below].filter((row) => !seen.has(row.key) && seen.add(row.key));
}

/** What a value may be, variables aside. */
function alternatives(schema: JsonObject, definitions: Readonly<Record<string, JsonObject>>): JsonObject[] {
  const { $ref, anyOf } = schema;
  if ($ref === '#/definitions/env') return [];
  if (typeof $ref === 'string') return alternatives(definitions[$ref.slice('#/definitions/'.length)] ?? {}, definitions);
  if (Array.isArray(anyOf)) return (anyOf as JsonObject[]).flatMap((one) => alternatives(one, definitions));
  return [schema];
}

function typeOf(schema: JsonObject, definitions: Readonly<Record<string, JsonObject>>): string {
  const types = alternatives(schema, definitions).map((one) => oneType(one, definitions));
  return [...new Set(types)].join(' or ');
}

function oneType(schema: JsonObject, definitions: Readonly<Record<string, JsonObject>>): string {
  const { type, enum: values, const: value, items, additionalProperties: others, minimum, maximum } = schema;
  if (Array.isArray(values)) return values.map(code).join(', ');
  if (value !== undefined) return code(value);
  switch (type) {
    case 'array':
      return isObject(items) ? `list of ${typeOf(items, definitions)}` : 'list';
    case 'object':
      return isObject(others) ? 'mapping by name' : 'mapping';
    case 'string':
      return 'text';
    case 'boolean':
      return '`true` or `false`';
    case 'integer':
    case 'number':
      return `${type === 'integer' ? 'whole number' : 'number'}${range(minimum, maximum)}`;
    default:
      return 'any value';
  }
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function range(minimum: unknown, maximum: unknown): string {
  const most = typeof maximum === 'number' && maximum < 2 ** 31 - 1 ? maximum : undefined;
  const least = typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`;
  if (least !== undefined) return `, at least ${least}`;
  return most === undefined ? '' : `, at most ${most}`;
}

function meaningOf({ description, default: preset }: JsonObject): string {
  const text = typeof description === 'string' ? description : '';
  if (preset === undefined || /\bdefault\b/i.test(text)) return text;
  return `${text} Default ${JSON.stringify(preset)}.`.trim();
}

function hasMeaning(schema: JsonObject): boolean {
  return typeof schema['description'] === 'string';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
