/** One way to prompt the upstream. Each runs in a process of its own, as the host would be. */
export interface Way {
  /** `onText` with each piece of text, in order. */
  stream(prompt: string, onText: (text: string) => void): Promise<void>;
  /** Unstreamed: the whole text. */
  whole(prompt: string): Promise<string>;
  /** The id of the process between the host and the upstream, if there is one. */
  readonly serverId?: number | undefined;
  stop?(): Promise<void>;
}

/** What the ways need; it crosses to their processes as JSON. */
export interface WaySettings {
  /** Of the upstream, at 127.0.0.1. */
  readonly port: number;
  /** The folder with the node_modules of the peers. */
  readonly peers: string;
  /** Runs the sidecar. */
  readonly command: readonly string[];
  /** The configuration of the sidecar: the model is `m`. */
  readonly config: string;
}

export type OpenWay = (settings: WaySettings) => Promise<Way>;
