export interface Redactor {
  /** From now on this value is removed. */
  learn(value: string): void;
  redact(text: string): string;
}

/** A shorter value would be found in innocent text; a real key is longer. */
const shortest = 8;

/** Takes the keys that were handed out from every line that leaves the process another way than as a key. behaviour 4.5. */
export function createRedactor(): Redactor {
  const known = new Set<string>();
  let longestFirst: string[] = [];
  return {
    learn: (value) => {
      if (value.length < shortest || known.has(value)) return;
      for (const form of formsOf(value)) known.add(form);
      longestFirst = [...known].toSorted((a, b) => b.length - a.length);
    },
    redact: (text) => longestFirst.reduce((rest, form) => rest.replaceAll(form, '***'), text),
  };
}

/** As it is, in a URL, in JSON, and as the base64 of a header. */
function formsOf(value: string): Set<string> {
  const base64 = Buffer.from(value).toString('base64');
  return new Set([value, encodeURIComponent(value.toWellFormed()), JSON.stringify(value).slice(1, -1), base64, base64.replace(/=+$/, '')]);
}
