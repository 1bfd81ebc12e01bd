/**
 * What its owner changes. For what every call has: an object with a getter has a map of members of its own, which costs more memory
 * and time than all the rest of it.
 */
export type Mutable<T> = { -readonly [Member in keyof T]: T[Member] };
