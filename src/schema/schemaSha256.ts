// Written by `npm run generate`.

/** SHA-256, in hex, of the OpenRPC document as compact JSON in UTF-8, members in the order `rpc.discover` gives them. */
export const schemaSha256 = 'fad48a7099c4302309690a021f329901b7d38dd1c7cbf71830cfd057a91fa116';
