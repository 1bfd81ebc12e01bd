# Plays a transcript to a sidecar: ruby driver.rb [--content-length] COMMAND... TRANSCRIPT
#
# Ruby's standard library only. ../../transcripts/README.md says how a transcript is written and what fits a pattern.
require "json"
require "open3"
require "timeout"
require "tmpdir"

class Misfit < StandardError; end

WORDS = {
  "<any>" => ->(_) { true },
  "<text>" => ->(value) { value.is_a?(String) && value != "" },
  "<count>" => ->(value) { value.is_a?(Integer) && value >= 0 },
  "<milliseconds>" => ->(value) { value.is_a?(Numeric) && value >= 0 && value < 60_000 },
  "<uuid>" => ->(value) { value.is_a?(String) && value.match?(/\A\h{8}(-\h{4}){3}-\h{12}\z/) },
  "<time>" => ->(value) { value.is_a?(String) && value.match?(/\A20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ\z/) },
  "<version>" => ->(value) { value.is_a?(String) && value.match?(/\A\d+\.\d+\.\d+/) },
  "<sha256>" => ->(value) { value.is_a?(String) && value.match?(/\A\h{64}\z/) },
}.freeze

# Raises where the value is not what the pattern says.
def check(pattern, value, known, path = "")
  wrong = -> { raise Misfit, "#{path.empty? ? "the message" : path} is #{value.to_json}, not #{pattern.to_json}" }
  case pattern
  when Hash
    wrong.call unless value.is_a?(Hash)
    expected = pattern.except("<more>")
    expected.each do |name, inner|
      raise Misfit, "#{path}.#{name} is missing" unless value.key?(name)
      check(inner, value[name], known, "#{path}.#{name}")
    end
    more = value.keys - expected.keys
    raise Misfit, "#{path}.#{more.first} is not expected" unless more.empty? || pattern.key?("<more>")
  when Array
    items = pattern - ["<more>"]
    wrong.call unless value.is_a?(Array) && value.length >= items.length
    wrong.call if value.length > items.length && items == pattern
    items.each_with_index { |inner, index| check(inner, value[index], known, "#{path}.#{index}") }
  else
    fits =
      if known.key?(pattern) then known[pattern] == value
      elsif WORDS.key?(pattern) then WORDS[pattern].call(value)
      else pattern == value
      end
    wrong.call unless fits
  end
end

# What the deltas of one prompt amount to.
class Stream
  attr_reader :last_seq

  def initialize
    @parts = {} # number => [kind, text]
    @last_seq = -1
  end

  def take(params)
    raise Misfit, "seq is #{params["seq"]} after #{@last_seq}" unless params["seq"] == @last_seq + 1
    @last_seq = params["seq"]
    params["deltas"].each do |delta|
      case delta["type"]
      when "part" then @parts[delta["part"]] = [delta["kind"], +""]
      when "text", "reasoning", "toolArgs" then (@parts[delta["part"]] ||= [delta["type"], +""])[1] << delta["text"]
      when "reset" then @parts.reject! { |number, _| number >= delta["fromPart"] }
      end
    end
  end

  def text = @parts.sort.filter_map { |_, (kind, text)| text if kind == "text" }.join
end

class Sidecar
  attr_reader :config

  def initialize(command, folder, config, content_length)
    @config, @content_length = config, content_length
    @streams = Hash.new { |streams, prompt| streams[prompt] = Stream.new }
    @input, @output, @process = Open3.popen2({ "LLM_USER_PATH" => folder }, *command, chdir: folder)
    [@input, @output].each(&:binmode)
  end

  def send_text(text)
    @input.write(@content_length ? "Content-Length: #{text.bytesize}\r\n\r\n#{text}" : "#{text}\n")
    @input.flush
  end

  # The next message, which stays the next one; nil at the end.
  def peek = @waiting ||= read

  def next_message = peek.tap { @waiting = nil }

  def read
    line = @output.gets or return nil
    return JSON.parse(line.force_encoding("UTF-8")) unless @content_length
    length = Integer(line.delete_prefix("Content-Length:").strip)
    @output.gets
    JSON.parse(@output.read(length).force_encoding("UTF-8"))
  end

  def deltas(prompt, text, whole)
    stream = @streams[prompt]
    while whole || !stream.text.start_with?(text)
      break unless peek && peek["method"] == "llm/delta" && peek["params"]["promptId"] == prompt
      stream.take(next_message["params"])
    end
    check(text, stream.text, {}) unless !whole && stream.text.start_with?(text)
  end

  def known
    words = { "<path>" => @config }
    @streams.each do |prompt, stream|
      words.update("<text of #{prompt}>" => stream.text, "<bytes of #{prompt}>" => stream.text.bytesize)
      words["<seq of #{prompt}>"] = stream.last_seq
    end
    words
  end

  def end_input = @input.close

  def exit(code)
    raise Misfit, "not expected: #{peek.to_json}" if peek
    raise Misfit, "the exit code is #{@process.value.exitstatus}" unless @process.value.exitstatus == code
  end

  def kill
    Process.kill("KILL", @process.pid) if @process.alive?
  end
end

def play_line(line, sidecar)
  case line
  when /\A-> (\{.*)\z/ then sidecar.send_text({ "jsonrpc" => "2.0", **JSON.parse($1) }.to_json)
  when /\A->> ?(.*)\z/ then sidecar.send_text($1)
  when /\A<- (\{.*)\z/ then check({ "jsonrpc" => "2.0", **JSON.parse($1) }, sidecar.next_message, sidecar.known)
  when /\A<~ (\S+) (".*")( …)?\z/ then sidecar.deltas($1, JSON.parse($2), $3.nil?)
  when "-- end of input" then sidecar.end_input
  when /\A-- exit (\d+)\z/ then sidecar.exit(Integer($1))
  else raise Misfit, "not a line of a transcript"
  end
end

def play(command, transcript, folder, content_length)
  config, yaml, sidecar = File.join(folder, "config.yaml"), "", nil
  File.read(transcript, encoding: "UTF-8").split("\n").each.with_index(1) do |line, number|
    next yaml += "#{line.delete_prefix("config |").delete_prefix(" ")}\n" if line.start_with?("config |")
    unless yaml.empty? # Other programs see the file as it was or as it is, never half of it.
      File.write("#{config}.new", yaml)
      File.rename("#{config}.new", config)
      yaml = ""
    end
    next if line.strip.empty? || line.start_with?("#", "framing ")
    command += ["--config", config] if sidecar.nil? && File.exist?(config)
    sidecar ||= Sidecar.new(command, folder, config, content_length)
    begin
      Timeout.timeout(60) { play_line(line, sidecar) }
    rescue StandardError => error
      raise Misfit, "#{transcript}:#{number}: #{error.message}"
    end
  end
ensure
  sidecar&.kill
end

content_length = ARGV.first == "--content-length"
*command, transcript = ARGV.drop(content_length ? 1 : 0)
begin
  Dir.mktmpdir("driver-") { |folder| play(command, transcript, File.realpath(folder), content_length) }
rescue Misfit => error
  abort error.message
end
