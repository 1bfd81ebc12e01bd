/** First in, first out for each share; the shares take turns. So who asks for much makes nobody wait who asks for little. */
export interface FairQueue<Item> {
  readonly size: number;
  add(share: string, item: Item): void;
  /** Whose turn it is. */
  peek(): Item | undefined;
  /** Takes it out; the next share has the turn. */
  take(): Item | undefined;
  /** Takes one out that gave up. */
  remove(share: string, item: Item): void;
}

export function createFairQueue<Item>(): FairQueue<Item> {
  // The first share has the turn: a map keeps the order in which its keys came.
  const shares = new Map<string, Item[]>();
  let size = 0;
  const first = (): [string, Item[]] | undefined => shares.entries().next().value;
  return {
    get size() {
      return size;
    },
    add(share, item) {
      const items = shares.get(share);
      if (items === undefined) shares.set(share, [item]);
      else items.push(item);
      size += 1;
    },
    peek: () => first()?.[1][0],
    take() {
      const turn = first();
      if (turn === undefined) return undefined;
      const [share, items] = turn;
      const item = items.shift();
      size -= 1;
      shares.delete(share);
      if (items.length > 0) shares.set(share, items);
      return item;
    },
    remove(share, item) {
      const items = shares.get(share);
      const index = items?.indexOf(item) ?? -1;
      if (items === undefined || index < 0) return;
      items.splice(index, 1);
      size -= 1;
      if (items.length === 0) shares.delete(share);
    },
  };
}
