import type { DatedTariff } from '../pricing/tariff.ts';
import type { Catalogue } from './catalogue.ts';
import type { Model } from './model.ts';

/** The same models under the same names, with the prices that the configuration gives, by id. */
export function withTariffs(catalogue: Catalogue, tariffs: ReadonlyMap<string, readonly DatedTariff[]>): Catalogue {
  if (tariffs.size === 0) return catalogue;
  const priced = new Map<Model, Model>();
  const models = catalogue.models.map((model) => {
    const own = tariffs.get(model.id);
    if (own === undefined) return model;
    const changed = { ...model, tariffs: own };
    priced.set(model, changed);
    return changed;
  });
  const find = (name: string): Model | undefined => {
    const model = catalogue.find(name);
    return model && (priced.get(model) ?? model);
  };
  return { models, find };
}
