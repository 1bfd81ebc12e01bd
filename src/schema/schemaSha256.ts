// Written by `npm run generate`.

/** SHA-256, in hex, of the OpenRPC document as compact JSON in UTF-8, members in the order `rpc.discover` gives them. */
export const schemaSha256 = '05e87388bd3c22ac0b64bc6a17ed2b203d0f46421798f66d50474bfcd547dddd';
