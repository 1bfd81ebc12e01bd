// Plays a transcript to a sidecar: driver [--content-length] COMMAND... TRANSCRIPT
//
// Go's standard library only. ../../transcripts/README.md says how a transcript is written and what fits a pattern.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
)

type object = map[string]any

var patterns = map[string]*regexp.Regexp{
	"<uuid>":    regexp.MustCompile(`^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$`),
	"<time>":    regexp.MustCompile(`^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ$`),
	"<version>": regexp.MustCompile(`^\d+\.\d+\.\d+`),
	"<sha256>":  regexp.MustCompile(`^[\da-f]{64}$`),
	"<text>":    regexp.MustCompile(`(?s).`),
}

// isWord: whether the text stands for something else, and whether that fits.
func isWord(word string, value any, known object) (is, fits bool) {
	if expected, ok := known[word]; ok {
		return true, expected == value
	}
	number, isNumber := value.(float64)
	switch word {
	case "<any>":
		return true, true
	case "<count>":
		return true, isNumber && number >= 0 && number == math.Trunc(number)
	case "<milliseconds>":
		return true, isNumber && number >= 0 && number < 60_000
	}
	if form, ok := patterns[word]; ok {
		text, isText := value.(string)
		return true, isText && form.MatchString(text)
	}
	return false, false
}

// misfit says where the value is not what the pattern says.
func misfit(pattern, value any, known object, path string) error {
	wrong := fmt.Errorf("%s is %s, not %s", path, toJSON(value), toJSON(pattern))
	switch pattern := pattern.(type) {
	case object:
		members, ok := value.(object)
		if !ok {
			return wrong
		}
		for name, inner := range pattern {
			if name == "<more>" {
				continue
			}
			member, ok := members[name]
			if !ok {
				return fmt.Errorf("%s.%s is missing", path, name)
			}
			if err := misfit(inner, member, known, path+"."+name); err != nil {
				return err
			}
		}
		for name := range members {
			_, expected := pattern[name]
			if _, open := pattern["<more>"]; !expected && !open {
				return fmt.Errorf("%s.%s is not expected", path, name)
			}
		}
		return nil
	case []any:
		items, ok := value.([]any)
		length := len(pattern)
		open := length > 0 && pattern[length-1] == "<more>"
		if open {
			length--
		}
		if !ok || len(items) < length || (len(items) > length && !open) {
			return wrong
		}
		for index, inner := range pattern[:length] {
			if err := misfit(inner, items[index], known, fmt.Sprintf("%s.%d", path, index)); err != nil {
				return err
			}
		}
		return nil
	case string:
		if is, fits := isWord(pattern, value, known); is && fits {
			return nil
		} else if is {
			return wrong
		}
	}
	if reflect.DeepEqual(pattern, value) {
		return nil
	}
	return wrong
}

type message struct {
	Method string `json:"method"`
	Params struct {
		PromptID string `json:"promptId"`
		Seq      int    `json:"seq"`
		Deltas   []struct {
			Type     string `json:"type"`
			Part     int    `json:"part"`
			Kind     string `json:"kind"`
			Text     string `json:"text"`
			FromPart int    `json:"fromPart"`
		} `json:"deltas"`
	} `json:"params"`
}

type part struct{ kind, text string }

// stream is what the deltas of one prompt amount to.
type stream struct {
	parts map[int]*part
	next  int
}

func (stream *stream) take(delta message) error {
	if delta.Params.Seq != stream.next {
		return fmt.Errorf("seq is %d, not %d", delta.Params.Seq, stream.next)
	}
	stream.next++
	for _, delta := range delta.Params.Deltas {
		switch delta.Type {
		case "part":
			stream.parts[delta.Part] = &part{kind: delta.Kind}
		case "text", "reasoning", "toolArgs":
			if stream.parts[delta.Part] == nil {
				stream.parts[delta.Part] = &part{kind: delta.Type}
			}
			stream.parts[delta.Part].text += delta.Text
		case "reset":
			for number := range stream.parts {
				if number >= delta.FromPart {
					delete(stream.parts, number)
				}
			}
		}
	}
	return nil
}

func (stream *stream) text() string {
	numbers := []int{}
	for number, part := range stream.parts {
		if part.kind == "text" {
			numbers = append(numbers, number)
		}
	}
	sort.Ints(numbers)
	text := strings.Builder{}
	for _, number := range numbers {
		text.WriteString(stream.parts[number].text)
	}
	return text.String()
}

type sidecar struct {
	process       *exec.Cmd
	input         io.WriteCloser
	output        *bufio.Reader
	contentLength bool
	config        string
	waiting       []byte
	streams       map[string]*stream
}

func start(command []string, folder, config string, contentLength bool) (*sidecar, error) {
	process := exec.Command(command[0], command[1:]...)
	process.Dir, process.Stderr = folder, os.Stderr
	process.Env = append(os.Environ(), "LLM_USER_PATH="+folder)
	input, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	sidecar := &sidecar{process, input, bufio.NewReader(output), contentLength, config, nil, map[string]*stream{}}
	return sidecar, process.Start()
}

func (sidecar *sidecar) send(text string) error {
	header, end := "", "\n"
	if sidecar.contentLength {
		header, end = fmt.Sprintf("Content-Length: %d\r\n\r\n", len(text)), ""
	}
	_, err := io.WriteString(sidecar.input, header+text+end)
	return err
}

// peek gives the next message, which stays the next one until forget; io.EOF at the end.
func (sidecar *sidecar) peek() ([]byte, error) {
	if sidecar.waiting != nil {
		return sidecar.waiting, nil
	}
	line, err := sidecar.output.ReadBytes('\n')
	if err != nil || !sidecar.contentLength {
		sidecar.waiting = line
		return line, err
	}
	length, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(string(line), "Content-Length:")))
	if err != nil {
		return nil, err
	}
	body := make([]byte, length+2)
	if _, err := io.ReadFull(sidecar.output, body); err != nil {
		return nil, err
	}
	sidecar.waiting = body[2:]
	return sidecar.waiting, nil
}

func (sidecar *sidecar) forget() { sidecar.waiting = nil }

func (sidecar *sidecar) receive(pattern any) error {
	body, err := sidecar.peek()
	if err != nil {
		return err
	}
	sidecar.forget()
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return err
	}
	known := object{"<path>": sidecar.config}
	for prompt, stream := range sidecar.streams {
		known["<text of "+prompt+">"] = stream.text()
		known["<bytes of "+prompt+">"] = float64(len(stream.text()))
		known["<seq of "+prompt+">"] = float64(stream.next - 1)
	}
	return misfit(pattern, value, known, "")
}

func (sidecar *sidecar) deltas(prompt, text string, whole bool) error {
	if sidecar.streams[prompt] == nil {
		sidecar.streams[prompt] = &stream{map[int]*part{}, 0}
	}
	stream := sidecar.streams[prompt]
	for whole || !strings.HasPrefix(stream.text(), text) {
		body, err := sidecar.peek()
		if err != nil {
			return err
		}
		delta := message{}
		if err := json.Unmarshal(body, &delta); err != nil && !errors.As(err, new(*json.UnmarshalTypeError)) {
			return err
		}
		if delta.Method != "llm/delta" || delta.Params.PromptID != prompt {
			break
		}
		sidecar.forget()
		if err := stream.take(delta); err != nil {
			return err
		}
	}
	if !whole && strings.HasPrefix(stream.text(), text) {
		return nil
	}
	return misfit(text, stream.text(), object{}, "the text of "+prompt)
}

func (sidecar *sidecar) exit(code int) error {
	if body, err := sidecar.peek(); err != io.EOF {
		return fmt.Errorf("not expected: %s (%v)", body, err)
	}
	var failed *exec.ExitError
	if err := sidecar.process.Wait(); err != nil && !errors.As(err, &failed) {
		return err
	}
	if actual := sidecar.process.ProcessState.ExitCode(); actual != code {
		return fmt.Errorf("the exit code is %d", actual)
	}
	return nil
}

var deltaLine = regexp.MustCompile(`^<~ (\S+) (".*")( …)?$`)

func (sidecar *sidecar) play(line string) error {
	switch {
	case strings.HasPrefix(line, "-> "):
		return sidecar.send(`{"jsonrpc": "2.0", ` + line[len("-> {"):])
	case strings.HasPrefix(line, "->>"):
		return sidecar.send(strings.TrimPrefix(line[len("->>"):], " "))
	case strings.HasPrefix(line, "<- "):
		var pattern any
		if err := json.Unmarshal([]byte(`{"jsonrpc": "2.0", `+line[len("<- {"):]), &pattern); err != nil {
			return err
		}
		return sidecar.receive(pattern)
	case line == "-- end of input":
		return sidecar.input.Close()
	case strings.HasPrefix(line, "-- exit "):
		code, err := strconv.Atoi(line[len("-- exit "):])
		if err != nil {
			return err
		}
		return sidecar.exit(code)
	}
	if found := deltaLine.FindStringSubmatch(line); found != nil {
		text := ""
		if err := json.Unmarshal([]byte(found[2]), &text); err != nil {
			return err
		}
		return sidecar.deltas(found[1], text, found[3] == "")
	}
	return errors.New("not a line of a transcript")
}

func playAll(command []string, transcript, folder string, contentLength bool) error {
	content, err := os.ReadFile(transcript)
	if err != nil {
		return err
	}
	var sidecar *sidecar
	config, yaml := filepath.Join(folder, "config.yaml"), ""
	for index, line := range strings.Split(string(content), "\n") {
		if strings.HasPrefix(line, "config |") {
			yaml += strings.TrimPrefix(line[len("config |"):], " ") + "\n"
			continue
		}
		if yaml != "" { // Other programs see the file as it was or as it is, never half of it.
			if err := os.WriteFile(config+".new", []byte(yaml), 0o600); err != nil {
				return err
			}
			if err := os.Rename(config+".new", config); err != nil {
				return err
			}
			yaml = ""
		}
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "framing ") {
			continue
		}
		if sidecar == nil {
			if _, err := os.Stat(config); err == nil {
				command = append(command, "--config", config)
			}
			if sidecar, err = start(command, folder, config, contentLength); err != nil {
				return err
			}
			defer sidecar.process.Process.Kill()
			defer time.AfterFunc(time.Minute, func() { sidecar.process.Process.Kill() }).Stop()
		}
		if err := sidecar.play(line); err != nil {
			return fmt.Errorf("%s:%d: %w", transcript, index+1, err)
		}
	}
	return nil
}

func toJSON(value any) []byte {
	text, _ := json.Marshal(value)
	return text
}

func main() {
	arguments := os.Args[1:]
	contentLength := arguments[0] == "--content-length"
	if contentLength {
		arguments = arguments[1:]
	}
	last := len(arguments) - 1
	folder, err := os.MkdirTemp("", "driver-")
	if err == nil {
		// As the sidecar sees it, where the folder for temporary files is a link.
		folder, err = filepath.EvalSymlinks(folder)
	}
	if err == nil {
		err = playAll(arguments[:last:last], arguments[last], folder, contentLength)
	}
	os.RemoveAll(folder)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
