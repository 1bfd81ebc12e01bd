import type { JsonObject } from '../../protocol/index.ts';
import type { KeyNeed, ModelFeatures, UsualOutput } from './model.ts';

/** What every model of one provider type has in common. */
export interface ProviderKind {
  /** null: needs none unless the configuration names one. */
  readonly key: KeyNeed | null;
  /** JSON Schema of the options that a model with these features takes. */
  readonly optionsSchema: (features: ModelFeatures) => JsonObject;
  /** Whether its servers are asked for their models when the configuration does not say. */
  readonly discover: boolean;
  readonly usualOutput?: UsualOutput | undefined;
}
