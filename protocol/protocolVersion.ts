/** The version this package speaks. Raised for breaking changes only. */
export const protocolVersion = 1;
