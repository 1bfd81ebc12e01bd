/** A member of a JSON object; its value as it is written, so that what is not touched stays as it is. */
export interface JsonMember {
  readonly name: string;
  readonly value: string;
}

/** The members in the order of the text; null: not the text of a JSON object. */
export function parseMembers(text: string): JsonMember[] | null {
  if (!isObject(text)) return null;
  const members: JsonMember[] = [];
  let depth = 0;
  let start = 0;
  let name: string | undefined;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]/g)) {
    if (token === '}' || token === ']') depth--;
    const part = text.slice(start, index).trim();
    if (token === ':' && depth === 1) name = JSON.parse(part) as string;
    const ends = (token === ',' && depth === 1) || depth === 0;
    if (ends && name !== undefined) {
      members.push({ name, value: part });
      name = undefined;
    }
    if (token === '{' || token === '[') depth++;
    if (ends || ((token === ':' || token === '{') && depth === 1)) start = index + 1;
  }
  return members;
}

/** As `json.dumps(indent=2)` of Python lays it out. */
export function formatMembers(members: readonly JsonMember[]): string {
  if (members.length === 0) return '{}\n';
  return `{\n${members.map(({ name, value }) => `  ${JSON.stringify(name)}: ${value}`).join(',\n')}\n}\n`;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
