//! Plays a transcript to a sidecar: driver [--content-length] COMMAND... TRANSCRIPT
//!
//! Rust's standard library and serde_json. ../../transcripts/README.md says how a transcript is written and what fits a
//! pattern.
use serde_json::{json, Value};
use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::{env, fs, process, thread, time::Duration};

type Outcome = Result<(), String>;

/// Whether the value fits a word that stands for another one; None: the word stands for itself.
fn fits_word(word: &str, value: &Value) -> Option<bool> {
    let text = value.as_str();
    Some(match word {
        "<any>" => true,
        "<text>" => text.is_some_and(|text| !text.is_empty()),
        "<count>" => value.as_u64().is_some(),
        "<milliseconds>" => value.as_f64().is_some_and(|number| (0.0..60_000.0).contains(&number)),
        "<uuid>" => text.is_some_and(|text| looks_like(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")),
        "<time>" => text.is_some_and(|text| looks_like(text, "20dd-dd-ddTdd:dd:dd.dddZ")),
        "<sha256>" => text.is_some_and(|text| looks_like(text, &"x".repeat(64))),
        "<version>" => text.is_some_and(|text| text.split('.').take(3).filter(|part| part.starts_with(|c: char| c.is_ascii_digit())).count() == 3),
        _ => return None,
    })
}

/// x is a hexadecimal digit, d a decimal one, everything else itself.
fn looks_like(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.chars().zip(form.chars()).all(|(actual, expected)| match expected {
            'x' => actual.is_ascii_hexdigit(),
            'd' => actual.is_ascii_digit(),
            other => actual == other,
        })
}

/// Says where the value is not what the pattern says.
fn check(pattern: &Value, value: &Value, known: &HashMap<String, Value>, path: &str) -> Outcome {
    let wrong = || Err(format!("{path} is {value}, not {pattern}"));
    match pattern {
        Value::Object(expected) => {
            let Some(members) = value.as_object() else { return wrong() };
            for (name, inner) in expected.iter().filter(|(name, _)| *name != "<more>") {
                let member = members.get(name).ok_or(format!("{path}.{name} is missing"))?;
                check(inner, member, known, &format!("{path}.{name}"))?;
            }
            match members.keys().find(|name| !expected.contains_key(*name)) {
                Some(name) if !expected.contains_key("<more>") => Err(format!("{path}.{name} is not expected")),
                _ => Ok(()),
            }
        }
        Value::Array(all) => {
            let open = all.last().is_some_and(|last| last == "<more>");
            let expected = &all[..all.len() - usize::from(open)];
            let Some(items) = value.as_array() else { return wrong() };
            if items.len() < expected.len() || (items.len() > expected.len() && !open) {
                return wrong();
            }
            expected.iter().zip(items).enumerate().try_for_each(|(index, (inner, item))| check(inner, item, known, &format!("{path}.{index}")))
        }
        _ => {
            let word = pattern.as_str().unwrap_or_default();
            let fits = match known.get(word) {
                Some(expected) => expected == value,
                None => fits_word(word, value).unwrap_or(pattern == value),
            };
            if fits { Ok(()) } else { wrong() }
        }
    }
}

/// What the deltas of one prompt amount to.
#[derive(Default)]
struct Stream {
    parts: BTreeMap<u64, (String, String)>,
    next: u64,
}

impl Stream {
    fn take(&mut self, params: &Value) -> Outcome {
        if params["seq"] != self.next {
            return Err(format!("seq is {}, not {}", params["seq"], self.next));
        }
        self.next += 1;
        for delta in params["deltas"].as_array().into_iter().flatten() {
            let text = |name: &str| delta[name].as_str().unwrap_or_default().to_string();
            let part = delta["part"].as_u64().unwrap_or_default();
            match delta["type"].as_str() {
                Some("part") => drop(self.parts.insert(part, (text("kind"), String::new()))),
                Some("text" | "reasoning" | "toolArgs") => {
                    let (_, written) = self.parts.entry(part).or_insert_with(|| (text("type"), String::new()));
                    written.push_str(&text("text"));
                }
                Some("reset") => self.parts.retain(|number, _| *number < delta["fromPart"].as_u64().unwrap_or_default()),
                _ => {}
            }
        }
        Ok(())
    }

    fn text(&self) -> String {
        self.parts.values().filter(|(kind, _)| kind == "text").map(|(_, text)| text.as_str()).collect()
    }
}

struct Sidecar {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    content_length: bool,
    config: PathBuf,
    waiting: Option<Value>,
    streams: HashMap<String, Stream>,
}

impl Sidecar {
    fn start(command: &[String], config: &Path, folder: &Path, content_length: bool) -> Result<Sidecar, String> {
        let mut start = Command::new(&command[0]);
        start.args(&command[1..]).current_dir(folder).env("LLM_USER_PATH", folder);
        if config.exists() {
            start.arg("--config").arg(config);
        }
        let mut process = start.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|error| error.to_string())?;
        let (input, output) = (process.stdin.take(), BufReader::new(process.stdout.take().expect("a pipe")));
        Ok(Sidecar { process, input, output, content_length, config: config.into(), waiting: None, streams: HashMap::new() })
    }

    fn send(&mut self, text: &str) -> Outcome {
        let framed = if self.content_length { format!("Content-Length: {}\r\n\r\n{text}", text.len()) } else { format!("{text}\n") };
        let input = self.input.as_mut().ok_or("the input is closed")?;
        input.write_all(framed.as_bytes()).and_then(|()| input.flush()).map_err(|error| error.to_string())
    }

    /// The next message, which stays the next one until it is taken; None at the end.
    fn peek(&mut self) -> Result<Option<&Value>, String> {
        if self.waiting.is_none() {
            let mut bytes = Vec::new();
            self.output.read_until(b'\n', &mut bytes).map_err(|error| error.to_string())?;
            if bytes.is_empty() {
                return Ok(None);
            }
            if self.content_length {
                let header = String::from_utf8_lossy(&bytes).into_owned();
                let length: usize = header.trim_start_matches("Content-Length:").trim().parse().map_err(|_| header.clone())?;
                bytes = vec![0; length + 2];
                self.output.read_exact(&mut bytes).map_err(|error| error.to_string())?;
            }
            self.waiting = Some(serde_json::from_slice(&bytes).map_err(|error| error.to_string())?);
        }
        Ok(self.waiting.as_ref())
    }

    fn receive(&mut self, pattern: &Value) -> Outcome {
        self.peek()?;
        let message = self.waiting.take().ok_or("the output has ended")?;
        let mut known = HashMap::from([("<path>".to_string(), json!(self.config))]);
        for (prompt, stream) in &self.streams {
            known.insert(format!("<text of {prompt}>"), json!(stream.text()));
            known.insert(format!("<bytes of {prompt}>"), json!(stream.text().len()));
            known.insert(format!("<seq of {prompt}>"), json!(stream.next - 1));
        }
        check(pattern, &message, &known, "")
    }

    fn deltas(&mut self, prompt: &str, expected: &Value, whole: bool) -> Outcome {
        let mut stream = self.streams.remove(prompt).unwrap_or_default();
        let start = expected.as_str().unwrap_or_default();
        while whole || !stream.text().starts_with(start) {
            match self.peek()? {
                Some(message) if message["method"] == "llm/delta" && message["params"]["promptId"] == prompt => stream.take(&message["params"])?,
                _ => break,
            }
            self.waiting = None;
        }
        let text = stream.text();
        self.streams.insert(prompt.into(), stream);
        if !whole && text.starts_with(start) {
            return Ok(());
        }
        check(expected, &json!(text), &HashMap::new(), &format!("the text of {prompt}"))
    }

    fn exit(&mut self, code: &str) -> Outcome {
        if let Some(message) = self.peek()? {
            return Err(format!("not expected: {message}"));
        }
        let status = self.process.wait().map_err(|error| error.to_string())?;
        if status.code().map(|code| code.to_string()).as_deref() == Some(code) { Ok(()) } else { Err(status.to_string()) }
    }

    fn play(&mut self, line: &str) -> Outcome {
        let parse = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
        if let Some(message) = line.strip_prefix("-> {") {
            self.send(&format!("{{\"jsonrpc\": \"2.0\", {message}"))
        } else if let Some(text) = line.strip_prefix("->>") {
            self.send(text.strip_prefix(' ').unwrap_or(text))
        } else if let Some(message) = line.strip_prefix("<- {") {
            self.receive(&parse(&format!("{{\"jsonrpc\": \"2.0\", {message}"))?)
        } else if let Some((prompt, text)) = line.strip_prefix("<~ ").and_then(|rest| rest.split_once(' ')) {
            let start = text.strip_suffix(" …");
            self.deltas(prompt, &parse(start.unwrap_or(text))?, start.is_none())
        } else if line == "-- end of input" {
            self.input = None;
            Ok(())
        } else if let Some(code) = line.strip_prefix("-- exit ") {
            self.exit(code)
        } else {
            Err("not a line of a transcript".into())
        }
    }
}

/// Other programs see the file as it was or as it is, never half of it.
fn save(config: &Path, yaml: &str) -> Outcome {
    let new = config.with_extension("new");
    fs::write(&new, yaml).and_then(|()| fs::rename(&new, config)).map_err(|error| error.to_string())
}

fn play_all(command: &[String], transcript: &str, folder: &Path, content_length: bool) -> Outcome {
    let content = fs::read_to_string(transcript).map_err(|error| format!("{transcript}: {error}"))?;
    let (config, mut yaml) = (folder.join("config.yaml"), String::new());
    let mut sidecar: Option<Sidecar> = None;
    for (index, line) in content.lines().enumerate() {
        if let Some(text) = line.strip_prefix("config |") {
            yaml += &format!("{}\n", text.strip_prefix(' ').unwrap_or(text));
            continue;
        }
        if !yaml.is_empty() {
            save(&config, &yaml)?;
            yaml.clear();
        }
        if line.trim().is_empty() || line.starts_with('#') || line.starts_with("framing ") {
            continue;
        }
        if sidecar.is_none() {
            sidecar = Some(Sidecar::start(command, &config, folder, content_length)?);
        }
        let sidecar = sidecar.as_mut().expect("it was started");
        if let Err(wrong) = sidecar.play(line) {
            let _ = sidecar.process.kill();
            return Err(format!("{transcript}:{}: {wrong}", index + 1));
        }
    }
    Ok(())
}

fn main() {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let content_length = arguments.first().is_some_and(|first| first == "--content-length");
    if content_length {
        arguments.remove(0);
    }
    let transcript = arguments.pop().expect("driver [--content-length] COMMAND... TRANSCRIPT");
    // A sidecar that hangs ends when its input does, which is when this process is gone.
    thread::spawn(|| {
        thread::sleep(Duration::from_secs(60));
        eprintln!("not done within a minute");
        process::exit(1);
    });
    let folder = env::temp_dir().canonicalize().expect("a folder for temporary files").join(format!("driver-{}", process::id()));
    fs::create_dir(&folder).expect("a new folder");
    let outcome = play_all(&arguments, &transcript, &folder, content_length);
    let _ = fs::remove_dir_all(&folder);
    if let Err(wrong) = outcome {
        eprintln!("{wrong}");
        process::exit(1);
    }
}
