/** `fallbacks:` at the top by canonical model, and of purposes. Names are canonical where the catalogue knows them. */
export interface FallbackRules {
  readonly models: ReadonlyMap<string, readonly string[]>;
  readonly purposes: ReadonlyMap<string, readonly string[]>;
}

export const noFallbacks: FallbackRules = { models: new Map(), purposes: new Map() };

/** The models to ask, in order, when `model` fails: those of the purpose, if it has its own list, else those of the model. */
export function fallbackModels({ models, purposes }: FallbackRules, model: string, purpose: string | undefined): string[] {
  const ofPurpose = purpose === undefined ? undefined : purposes.get(purpose);
  return [...new Set(ofPurpose ?? models.get(model) ?? [])].filter((name) => name !== model);
}
