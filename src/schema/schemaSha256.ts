// Written by `npm run generate`.

/** SHA-256, in hex, of the OpenRPC document as compact JSON in UTF-8, members in the order `rpc.discover` gives them. */
export const schemaSha256 = '852811022299ace07b9ab333ea2b2831826ee3dc38e2d970b9cb3fff1c420f4d';
