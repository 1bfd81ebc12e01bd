// Written by `npm run generate`.

/** SHA-256, in hex, of the OpenRPC document as compact JSON in UTF-8, members in the order `rpc.discover` gives them. */
export const schemaSha256 = '193e352b0663f626fd9a5460848b03eb4648d1d2e5b0e36c76a3b2dbf9832d3c';
