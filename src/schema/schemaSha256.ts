// Written by `npm run generate`.

/** SHA-256, in hex, of the OpenRPC document as compact JSON in UTF-8, members in the order `rpc.discover` gives them. */
export const schemaSha256 = 'cc9786e9f202ecbd5562a04bd23550fb3f27e93b97cadbba6d0faf89be2245f3';
