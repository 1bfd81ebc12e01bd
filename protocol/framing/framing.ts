/** How messages are told apart on a byte stream: language-server headers, or one JSON value a line. */
export type Framing = 'content-length' | 'ndjson';

/** The largest body that is accepted unless the owner says otherwise: 64 MiB. */
export const defaultMaxMessageBytes = 64 * 1024 * 1024;

/**
 * What is wrong with the bytes of the other side. After a fatal problem nothing more is read.
 * `truncated`: the input ended inside a message; there is nobody left to tell.
 */
export interface FrameProblem {
  readonly kind: 'parseError' | 'messageTooLarge' | 'framingError' | 'truncated';
  /** For people, without any of the content. */
  readonly message: string;
  readonly fatal: boolean;
}

/** Where the decoders of the two framings put what they find. Nothing is put after `stopped`. */
export interface FrameSink {
  readonly stopped: boolean;
  body(bytes: Buffer): void;
  problem(problem: FrameProblem): void;
}

export interface FrameDecoder {
  push(chunk: Buffer): void;
  end(): void;
}
