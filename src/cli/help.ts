import { layOutHelp } from './layOutHelp.ts';
import type { Channel } from './terminal.ts';

export const mainHelp = `A language server, but for LLMs: it holds the keys, the rules and the prices of models.

Usage:
  llm-sidecar [options]          serve a host, JSON-RPC over stdin and stdout
  llm-sidecar <command> …

Commands:
  prompt [TEXT…]                 ask a model
  chat                           talk with a model
  embed [TEXT…]                  turn texts into vectors
  models                         list the models that may be used
  explain                        what a prompt would do, and why
  usage                          what was used and spent
  logs [ID]                      the responses of models, and one of them
  keys set | list | remove       look after keys.json
  secrets set | list | delete …  look after the encrypted store of secrets
  config check | path | schema   look after the configuration
  admin                          a page in the browser for all of these
  doctor                         look for what does not work, and say what to do
  schema                         print the protocol as OpenRPC
  completion bash | zsh | fish   let the Tab key complete all of this
  help <command>                 how a command is used; also <command> --help

Options to serve:
      --stdio                    over stdin and stdout, the default
      --pipe=NAME                connect to a named pipe or Unix socket on which the host listens
      --socket=PORT              connect to a port of 127.0.0.1 on which the host listens; its token is in
                                 the environment variable LLM_SIDECAR_SOCKET_TOKEN
      --framing=KIND             content-length or ndjson; auto, the default, goes by the first byte
      --max-message-bytes=N      the largest message that is accepted, 67108864 by default
      --log-format=KIND          of what is written to stderr: text, the default, or json, one object a line
      --log-level=LEVEL          error, warn, info, the default, or debug
  -c, --config FILE              the configuration

Options:
  -h, --help                     this page
  -V, --version                  the version

Examples:
  llm-sidecar prompt -m echo 'Hello'
  llm-sidecar config check
  llm-sidecar --stdio --config team.yaml
`;

/** Headings are bold where there is colour; on a terminal it is as wide as that is. */
export function showHelp(channel: Channel, help: string): void {
  channel.write(layOutHelp(help, channel.width).replaceAll(/^[A-Z][\w ]*:$/gm, (heading) => channel.paint('bold', heading)));
}
