// A host whose messages have types, which are made of docs/protocol.schema.json.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"

	"host/protocol"
)

type request struct {
	Jsonrpc string `json:"jsonrpc"`
	ID      int    `json:"id"`
	Method  string `json:"method"`
	Params  any    `json:"params"`
}

type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *protocol.Error `json:"error"`
}

type host struct {
	encoder *json.Encoder
	decoder *json.Decoder
	lastID  int
}

// request waits for the answer and reads it into result; onDelta gets what is written meanwhile.
func (host *host) request(method string, params, result any, onDelta func(protocol.Delta)) error {
	host.lastID++
	if err := host.encoder.Encode(request{"2.0", host.lastID, method, params}); err != nil {
		return err
	}
	for {
		received := message{}
		if err := host.decoder.Decode(&received); err != nil {
			return err
		}
		switch {
		case received.Method == "llm/delta":
			params, err := protocol.UnmarshalLlmDeltaParams(received.Params)
			if err != nil {
				return err
			}
			for _, delta := range params.Deltas {
				onDelta(delta)
			}
		case received.ID != host.lastID || received.Method != "":
		case received.Error != nil:
			return fmt.Errorf("%s: %s", received.Error.Data.Kind, received.Error.Message)
		default:
			return json.Unmarshal(received.Result, result)
		}
	}
}

func text(value string) *string { return &value }

func main() {
	sidecar := exec.Command("llm-sidecar")
	sidecar.Stderr = os.Stderr
	stdin, _ := sidecar.StdinPipe()
	stdout, _ := sidecar.StdoutPipe()
	if err := sidecar.Start(); err != nil {
		log.Fatal(err)
	}
	host := &host{encoder: json.NewEncoder(stdin), decoder: json.NewDecoder(stdout)}
	show := func(delta protocol.Delta) {
		if delta.Type == "text" {
			fmt.Print(*delta.Text)
		}
	}

	who := protocol.InitializeParams{
		ProtocolVersion: protocol.ProtocolVersion{Min: 1, Max: 1},
		ClientInfo:      protocol.ClientInfo{Name: "main.go", Version: "1"},
		Capabilities:    &protocol.InitializeParamsCapabilities{},
	}
	ready := protocol.InitializeResult{}
	if err := host.request("initialize", who, &ready, show); err != nil {
		log.Fatal(err)
	}
	fmt.Println("protocol", ready.ProtocolVersion)

	prompt := protocol.LlmPromptParams{
		PromptID: text("p1"),
		Model:    text("echo"),
		Prompt:   text("Hello with types"),
		Actor:    &protocol.Actor{ID: text("ann")},
		Stream:   &protocol.LlmPromptParamsStream{},
	}
	answer := protocol.LlmPromptResult{}
	if err := host.request("llm/prompt", prompt, &answer, show); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("\n%s, %d tokens in, %d out\n", answer.StopReason, *answer.Usage.InputTokens, *answer.Usage.OutputTokens)

	err := host.request("llm/prompt", protocol.LlmPromptParams{Model: text("ecko"), Prompt: text("Hello")}, &answer, show)
	fmt.Println(err)
	if err := host.request("shutdown", protocol.ShutdownParams{}, &struct{}{}, show); err != nil {
		log.Fatal(err)
	}
	stdin.Close()
	sidecar.Wait()
}
