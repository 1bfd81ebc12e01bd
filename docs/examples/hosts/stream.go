package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
)

type object = map[string]any

type message struct {
	ID     int
	Params struct{ Deltas []struct{ Type, Text string } }
	Result *struct{ Usage json.RawMessage }
	Error  *struct{ Message string }
}

func main() {
	sidecar := exec.Command("llm-sidecar")
	sidecar.Stderr = os.Stderr
	stdin, _ := sidecar.StdinPipe()
	stdout, _ := sidecar.StdoutPipe()
	if err := sidecar.Start(); err != nil {
		log.Fatal(err)
	}
	// The encoder ends each message with a line break, the decoder reads one message after another.
	encoder, decoder := json.NewEncoder(stdin), json.NewDecoder(stdout)
	send := func(id int, method string, params object) {
		encoder.Encode(object{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	}

	send(1, "initialize", object{
		"protocolVersion": object{"min": 1, "max": 1},
		"clientInfo":      object{"name": "stream.go", "version": "1"},
		"capabilities":    object{},
	})
	send(2, "llm/prompt", object{"promptId": "p1", "model": "echo", "prompt": "Hello from Go", "stream": object{}})
	for {
		received := message{}
		if err := decoder.Decode(&received); err != nil {
			log.Fatal(err)
		}
		for _, delta := range received.Params.Deltas {
			if delta.Type == "text" {
				fmt.Print(delta.Text)
			}
		}
		if received.Error != nil {
			log.Fatal(received.Error.Message)
		}
		if received.ID == 2 {
			fmt.Printf("\n%s\n", received.Result.Usage)
			break
		}
	}
	send(3, "shutdown", object{})
	stdin.Close()
	sidecar.Wait()
}
