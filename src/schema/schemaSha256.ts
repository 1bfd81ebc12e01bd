// Written by `npm run generate`.

/** SHA-256, in hex, of the OpenRPC document as compact JSON in UTF-8, members in the order `rpc.discover` gives them. */
export const schemaSha256 = '705fbdcdb9680ad2e313f2fe60ea927a472e78628bf68d7995d5ca2ec253fe6e';
