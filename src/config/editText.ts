import { isDeepStrictEqual } from 'node:util';
import { isAlias, isCollection, isMap, isScalar, isSeq, parseDocument, Scalar, type Document, type YAMLSeq } from 'yaml';
import { Failure } from '../lib/failure.ts';
import { formatPath, type KeyPath } from './finding.ts';

/** One value of the configuration, by its path from our part of the file. null: the key is removed, and it is as if never written. */
export interface ConfigEdit {
  readonly path: KeyPath;
  readonly value: EditValue | null;
}

/** A model by name, an amount of dollars, or a list of names. */
export type EditValue = { readonly model: string } | { readonly usd: string } | { readonly names: readonly string[] };

/**
 * The text with the one value changed: comments stay, and where a single value stands there already, every other character.
 * `at` is where our part begins. Throws invalidParams for what can only be changed by hand.
 */
export function editText(text: string, { path: ours, value }: ConfigEdit, at: KeyPath = []): string {
  const document = parse(text);
  const path = [...at, ...ours];
  refuseAliases(document, path);
  const target = value !== null && 'model' in value && isMap(document.getIn(path, true)) ? [...path, 'model'] : path;
  const replaced = value === null ? null : replaceInPlace(text, document.getIn(target, true), value);
  const before = format(document, text);
  change(document, target, value);
  const whole = format(document, text);
  const after = [replaced, moveLines(text, before, whole), whole].find((result) => result !== null && saysTheSame(result, document));
  if (after != null) return after;
  throw new Failure('invalidParams', `${formatPath(path)} cannot be changed here without changing more: change it in the file.`);
}

function format(document: Document.Parsed, like: string): string {
  return document.toString({ lineWidth: 0, flowCollectionPadding: hasPadding(like), ...indentation(like) });
}

/** The lines that differ between two formatted texts, put into the text as it was written; null: its lines are others. */
function moveLines(text: string, before: string, after: string): string | null {
  const [lines, from, to] = [text, before, after].map((one) => one.split('\n')) as [string[], string[], string[]];
  if (lines.length !== from.length) return null;
  const shortest = Math.min(from.length, to.length);
  let start = 0;
  while (start < shortest && from[start] === to[start]) start++;
  let end = 0;
  while (end < shortest - start && from.at(-1 - end) === to.at(-1 - end)) end++;
  const ending = text.includes('\r\n') ? '\r' : '';
  const last = from.length - end;
  let next = start;
  const changed = to.slice(start, to.length - end).map((line) => {
    const same = from.indexOf(line, next);
    if (same === -1 || same >= last) return line + ending;
    next = same + 1;
    return lines[same] ?? line;
  });
  return [...lines.slice(0, start), ...changed, ...lines.slice(lines.length - end)].join('\n');
}

function parse(text: string): Document.Parsed {
  const document = parseDocument(text, { prettyErrors: false, merge: true, stringKeys: true });
  if (document.errors.length === 0) return document;
  throw new Failure('invalidParams', 'The file is not YAML as it stands. Correct it first: its problems are listed.');
}

/** What is written there would hold wherever the anchor is used. */
function refuseAliases(document: Document.Parsed, path: KeyPath): void {
  for (let length = 1; length <= path.length; length++) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (!isAlias(node)) continue;
    const where = formatPath(path.slice(0, length));
    throw new Failure('invalidParams', `${where} is an alias (*${node.source}), which other places share: change it in the file.`);
  }
}

/** null: neither one value nor a plain list on one line stands there. */
function replaceInPlace(text: string, node: unknown, value: EditValue): string | null {
  if (!(isScalar(node) || isSeq(node)) || !node.range || node.anchor !== undefined || node.tag !== undefined) return null;
  const [start, end] = node.range;
  const before = text.slice(start, end);
  const put = 'names' in value ? writtenList(before, node, value.names) : isScalar(node) ? writtenScalar(value, node.type) : null;
  return before === '' || put === null ? null : text.slice(0, start) + put + text.slice(end);
}

function writtenList(before: string, node: Scalar | YAMLSeq, names: readonly string[]): string | null {
  if (!isSeq(node) || !node.flow || !node.items.every(isScalar) || /[\n#]/.test(before)) return null;
  const padding = /^\[\s/.test(before) ? ' ' : '';
  return `[${padding}${names.map((name) => (isPlain(name) ? name : JSON.stringify(name))).join(', ')}${padding}]`;
}

/** In the quotes that were there. null: it is a block of text. */
function writtenScalar(value: Exclude<EditValue, { names: unknown }>, type: Scalar.Type | undefined): string | null {
  if (type !== Scalar.PLAIN && type !== Scalar.QUOTE_SINGLE && type !== Scalar.QUOTE_DOUBLE) return null;
  if ('usd' in value) return isExact(value.usd) ? value.usd : JSON.stringify(value.usd);
  const { model } = value;
  if (type === Scalar.QUOTE_SINGLE && !model.includes("'")) return `'${model}'`;
  return type === Scalar.PLAIN && isPlain(model) ? model : JSON.stringify(model);
}

function isPlain(text: string): boolean {
  return /^[a-z]([\w./:@+-]*\w)?$/i.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text);
}

/** A number of YAML has some fifteen digits. */
function isExact(usd: string): boolean {
  return usd.replace('.', '').length <= 15;
}

function change(document: Document.Parsed, path: KeyPath, value: EditValue | null): void {
  if (value === null) {
    keepHead(document, path);
    document.deleteIn(path);
    const above = path.slice(0, -1);
    const left: unknown = document.getIn(above, true);
    // A purpose of which nothing is left is still a purpose.
    if (isMap(left) && left.items.length === 0 && above.length > 0) left.flow = true;
    return;
  }
  if (!('names' in value)) return setValue(document, path, 'usd' in value ? amount(value.usd) : value.model);
  const list: unknown = document.getIn(path, true);
  if (isSeq(list)) setNames(document, list, value.names);
  else setValue(document, path, document.createNode([...value.names]));
}

/** What stands at the top of a file is about all of it. */
function keepHead(document: Document.Parsed, path: KeyPath): void {
  const { contents } = document;
  const first = isMap(contents) && path.length === 1 ? contents.items[0] : undefined;
  if (!isScalar(first?.key) || first.key.value !== path[0]) return;
  document.commentBefore ??= first.key.commentBefore ?? null;
}

function amount(usd: string): Scalar | string {
  if (!isExact(usd)) return usd;
  const scalar = new Scalar(Number(usd));
  scalar.minFractionDigits = usd.split('.')[1]?.length ?? 0;
  return scalar;
}

function setValue(document: Document.Parsed, path: KeyPath, value: unknown): void {
  if (document.contents === null) document.contents = document.createNode({}) as Document.Parsed['contents'];
  // A key without a value, `purposes:`, is no map yet.
  for (let length = 1; length < path.length; length++) {
    const above = path.slice(0, length);
    if (!isCollection(document.getIn(above, true))) document.setIn(above, document.createNode({}));
  }
  document.setIn(path, value);
}

/** Those that stay keep their comments and their keys. */
function setNames(document: Document.Parsed, list: YAMLSeq, names: readonly string[]): void {
  const nameOf = (item: unknown): unknown => (isMap(item) ? item.get('model') : isScalar(item) ? item.value : undefined);
  const before = new Map(list.items.map((item) => [nameOf(item), item]));
  list.items = names.map((name) => before.get(name) ?? document.createNode(name));
}

/** That the text says what was wanted, and nothing else. */
function saysTheSame(text: string, document: Document.Parsed): boolean {
  const after = parseDocument(text, { prettyErrors: false, merge: true, stringKeys: true });
  return after.errors.length === 0 && isDeepStrictEqual(after.toJS(), document.toJS());
}

function hasPadding(text: string): boolean {
  return !/[{]\w/.test(text);
}

/** As the file has it. */
function indentation(text: string): { indent: number; indentSeq: boolean } {
  const indent = /^[^\s#-][^\n]*:[^\S\n]*(?:#[^\n]*)?\n(?:[^\S\n]*(?:#[^\n]*)?\n)*( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
  return { indent, indentSeq: !/^[^\s#-][^\n]*:[^\S\n]*(?:#[^\n]*)?\n(?:[^\S\n]*(?:#[^\n]*)?\n)*- /m.test(text) };
}
