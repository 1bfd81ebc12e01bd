// Written by `npm run generate`.

/** SHA-256, in hex, of the OpenRPC document as compact JSON in UTF-8, members in the order `rpc.discover` gives them. */
export const schemaSha256 = '98445ea0eb77eee9b8d7ee452cb27872580093a49198c5ba3b9b4681af42d3d4';
