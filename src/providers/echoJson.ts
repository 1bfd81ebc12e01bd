import type { Json } from '../../protocol/index.ts';

/** As Python's `json.dumps(value, indent=indent)`: everything outside printable ASCII is an escape for each UTF-16 unit. */
export function pythonJson(value: Json, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
