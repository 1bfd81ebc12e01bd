import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Pair, type Node } from 'yaml';
import type { Diagnostic } from '../../protocol/index.ts';
import { errorAt, formatPath, type Finding, type KeyPath } from './finding.ts';

export type Range = NonNullable<Diagnostic['range']>;

/** A YAML text as a value, and where in the text each part of it is. */
export interface YamlDocument {
  /** undefined when the text is not YAML; null when it is empty. */
  readonly value: unknown;
  readonly problems: readonly Diagnostic[];
  readonly diagnose: (found: Finding) => Diagnostic;
}

const mostSyntaxErrors = 20;

/** Never throws. `source` is the file, for the diagnostics. */
export function readYaml(text: string, source: string): YamlDocument {
  const lines = new LineCounter();
  const at = (start: number, end: number): Range => {
    const length = text.slice(start, end).trimEnd().length;
    return { start: position(lines, start), end: position(lines, length === 0 ? Math.max(start, end) : start + length) };
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, stringKeys: true });
    const diagnose = (found: Finding): Diagnostic => {
      const span = locate(document, found);
      return toDiagnostic(found, source, span && at(span[0], span[1]));
    };
    const problems: Diagnostic[] = [];
    for (const { code, message, pos } of document.errors.slice(0, mostSyntaxErrors)) {
      const around = code === 'MULTIPLE_DOCS' || code === 'NON_STRING_KEY' ? nowhere : enclosing(document, pos[0]);
      const duplicate = code === 'DUPLICATE_KEY';
      const [start, end] = duplicate ? (around.key ?? pos) : pos;
      const found = syntaxError(duplicate ? 'duplicateKey' : 'syntaxError', code, message);
      problems.push(toDiagnostic({ ...found, path: around.path }, source, at(start, end)));
    }
    for (const { code, message, pos } of document.warnings.slice(0, mostSyntaxErrors)) {
      problems.push(toDiagnostic({ ...syntaxError('yamlWarning', code, message), severity: 'warning' }, source, at(pos[0], pos[1])));
    }
    if (document.errors.length > 0) return { value: undefined, problems: onePerPlace(problems), diagnose };
    const bad = unresolvedAlias(document);
    if (bad) {
      const message = `There is no anchor &${bad.source} before this alias.`;
      problems.push(toDiagnostic(errorAt('syntaxError', [], message), source, at(...bad.span)));
      return { value: undefined, problems, diagnose };
    }
    return { value: document.toJS() as unknown, problems, diagnose };
  } catch (error) {
    // What is left: an alias bomb, and nesting deeper than the stack.
    const bomb = error instanceof ReferenceError;
    const message = bomb ? 'Too many aliases: this file would expand without bound.' : 'Nested too deeply.';
    const problem = toDiagnostic(errorAt(bomb ? 'tooManyAliases' : 'tooDeep', [], message), source, at(0, 0));
    return { value: undefined, problems: [problem], diagnose: (found) => toDiagnostic(found, source, undefined) };
  }
}

/** One mistake makes the parser complain several times. */
function onePerPlace(problems: readonly Diagnostic[]): Diagnostic[] {
  const places = new Map(problems.toReversed().map((problem) => [JSON.stringify(problem.range?.start), problem]));
  return problems.filter((problem) => places.get(JSON.stringify(problem.range?.start)) === problem);
}

/** The value of one line of text, as YAML reads it: true, 12, [a, b]. */
export function readYamlValue(text: string): unknown {
  const value = readYaml(text, '').value;
  return value === undefined ? text : value;
}

function toDiagnostic({ severity, code, message, path }: Finding, source: string, range: Range | undefined): Diagnostic {
  return { severity, code, message, path: formatPath(path), ...(range ? { range } : {}), source };
}

/** The parser quotes what it found, which could be a key. */
function syntaxError(code: string, yamlCode: string, message: string): Finding {
  if (code === 'duplicateKey') return errorAt(code, [], 'This key is here twice: keep one.');
  if (yamlCode === 'MULTIPLE_DOCS') return errorAt(code, [], 'More than one YAML document: keep one, and remove the line ---.');
  if (yamlCode === 'NON_STRING_KEY') return errorAt(code, [], 'Expected plain text as the name of a key.');
  if (yamlCode === 'RESOURCE_EXHAUSTION') return errorAt('tooDeep', [], 'Nested too deeply.');
  if (yamlCode === 'TAG_RESOLVE_FAILED') return errorAt(code, [], 'Unknown tag; it is ignored.');
  const quoteless = message.replace(/(: ?"|: [^ ]*$).*$/s, '');
  return errorAt(code, [], `Not YAML: ${quoteless}.`);
}

function position(lines: LineCounter, offset: number): Range['start'] {
  const { line, col } = lines.linePos(offset);
  return line === 0 ? { line: 0, character: 0 } : { line: line - 1, character: col - 1 };
}

function unresolvedAlias(document: Document.Parsed): { source: string; span: [number, number] } | undefined {
  const anchors = new Set<string>();
  const found: { source: string; span: [number, number] }[] = [];
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) {
        if (anchors.has(node.source)) return undefined;
        found.push({ source: node.source, span: [node.range?.[0] ?? 0, node.range?.[1] ?? 0] });
        return visit.BREAK;
      }
      if (node.anchor) anchors.add(node.anchor);
      return undefined;
    },
  });
  return found[0];
}

type Span = readonly [number, number];

interface Enclosing {
  readonly path: KeyPath;
  readonly key?: Span | undefined;
}

const nowhere: Enclosing = { path: [] };

/** The key in whose value, or in whose name, an offset is. */
function enclosing(document: Document.Parsed, offset: number): Enclosing {
  let found: Enclosing = nowhere;
  visit(document, {
    Pair: (_index, pair, ancestors) => {
      const key = spanOf(pair.key as Node);
      const end = (pair.value as Node | null)?.range?.[2] ?? key?.[1] ?? 0;
      if (key && key[0] <= offset && offset <= end) found = { path: pathOf([...ancestors, pair]), key };
    },
  });
  return found;
}

function pathOf(nodes: readonly unknown[]): KeyPath {
  return nodes.flatMap((node, index): KeyPath => {
    if (isPair(node)) return [nameOf(node)];
    const next = nodes[index + 1];
    return isSeq(node) && next !== undefined ? [node.items.indexOf(next)] : [];
  });
}

/** The span of the value or key at a path, or of the nearest thing around it. */
function locate(document: Document.Parsed, { path, on }: Finding): Span | undefined {
  let node: Node | null | undefined = document.contents;
  let key: Span | undefined;
  for (const [index, part] of path.entries()) {
    const child = childOf(resolve(document, node), part, document);
    if (!child) return index === 0 ? undefined : (key ?? spanOf(node));
    node = child.value;
    key = child.key;
  }
  if (on === 'key') return key ?? spanOf(node);
  const value = spanOf(node);
  return value && value[0] < value[1] ? value : (key ?? value);
}

interface Child {
  readonly key: Span | undefined;
  readonly value: Node | null;
}

/** `merges`: how many `<<` were followed; an anchor can contain itself. */
function childOf(node: unknown, part: string | number, document: Document.Parsed, merges = 0): Child | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(part)] as Node | undefined;
    return item && { key: spanOf(item), value: item };
  }
  if (!isMap(node)) return undefined;
  for (const pair of node.items) {
    if (isPair(pair) && nameOf(pair) === String(part)) return { key: spanOf(pair.key as Node), value: pair.value as Node | null };
  }
  if (merges > 8) return undefined;
  for (const pair of node.items) {
    if (nameOf(pair) !== '<<') continue;
    const merged = resolve(document, pair.value as Node);
    const maps = isSeq(merged) ? merged.items.map((item) => resolve(document, item as Node)) : [merged];
    for (const map of maps) {
      const child = childOf(map, part, document, merges + 1);
      if (child) return child;
    }
  }
  return undefined;
}

function nameOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function resolve(document: Document.Parsed, node: Node | null | undefined): Node | null | undefined {
  return isAlias(node) ? node.resolve(document) : node;
}

function spanOf(node: Node | null | undefined): Span | undefined {
  const range = node?.range;
  return range ? [range[0], range[1]] : undefined;
}
