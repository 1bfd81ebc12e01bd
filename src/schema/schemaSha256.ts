// Written by `npm run generate`.

/** SHA-256, in hex, of the OpenRPC document as compact JSON in UTF-8, members in the order `rpc.discover` gives them. */
export const schemaSha256 = 'fd9388d0f4da2a32a9ff2e2d11f18cc594a1583851e5fef7d18211801bc13039';
