// A host that is asked before every prompt, and refuses what has a certain word in it.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strings"
)

type object = map[string]any

type message struct {
	ID     int
	Method string
	Params struct{ Prompt string }
	Result struct{ Text string }
	Error  struct{ Message string }
}

type host struct {
	encoder *json.Encoder
	decoder *json.Decoder
}

func promptStart(prompt string) object {
	if strings.Contains(prompt, "swordfish") {
		return object{"action": "reject", "reason": "That word stays here."}
	}
	return object{"action": "continue"}
}

// request waits for the answer, and answers the hook meanwhile.
func (host host) request(id int, method string, params object) message {
	host.encoder.Encode(object{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	for {
		received := message{}
		if err := host.decoder.Decode(&received); err != nil {
			log.Fatal(err)
		}
		if received.Method == "hook/promptStart" {
			result := promptStart(received.Params.Prompt)
			host.encoder.Encode(object{"jsonrpc": "2.0", "id": received.ID, "result": result})
		} else if received.ID == id && received.Method == "" {
			return received
		}
	}
}

func main() {
	sidecar := exec.Command("llm-sidecar")
	sidecar.Stderr = os.Stderr
	stdin, _ := sidecar.StdinPipe()
	stdout, _ := sidecar.StdoutPipe()
	if err := sidecar.Start(); err != nil {
		log.Fatal(err)
	}
	host := host{json.NewEncoder(stdin), json.NewDecoder(stdout)}

	host.request(1, "initialize", object{
		"protocolVersion": object{"min": 1, "max": 1},
		"clientInfo":      object{"name": "hook.go", "version": "1"},
		"capabilities":    object{},
		"hooks":           []object{{"id": "policy", "point": "promptStart", "include": []string{"content"}}},
	})
	refused := host.request(2, "llm/prompt", object{"model": "echo", "prompt": "My password is swordfish"})
	fmt.Println("refused:", refused.Error.Message)
	answered := host.request(3, "llm/prompt", object{"model": "echo", "prompt": `{"raw": "All is well."}`})
	fmt.Println("answered:", answered.Result.Text)
	host.request(4, "shutdown", object{})
	stdin.Close()
	sidecar.Wait()
}
