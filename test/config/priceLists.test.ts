import { findProvider } from '@pydantic/genai-prices';
import { expect, test } from 'vitest';
import { priceList } from '../../src/config/priceSchema.ts';

test.each(priceList.unwrap().options)('there is a price list of %s', (name) => {
  expect(findProvider({ providerId: name })?.id).toBe(name);
});
