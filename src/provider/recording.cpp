#include "provider/recording.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "drift/model/json.hpp"
#include "drift/state/snapshot_file.hpp"
#include "provider/file_read.hpp"
#include "provider/file_system.hpp"

namespace drift::provider_internal {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 30;

bool has_plain(const Value& v) {
  if (v.secret() == Secret::plain) return true;
  if (v.is_list()) return std::any_of(v.as_list().begin(), v.as_list().end(), has_plain);
  if (v.is_object())
    return std::any_of(v.as_object().begin(), v.as_object().end(), [](const Object::Member& m) { return has_plain(m.second); });
  return false;
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out += ",\"";
  out += name;
  out += "\":";
  append_json_string(out, text);
}

void append_error(std::string& out, const Error& e) {
  out += ",\"error\":{\"code\":" + std::to_string(static_cast<int>(e.code()));
  append_member(out, "name", e.name());
  append_member(out, "message", e.message());
  append_member(out, "subject", e.subject());
  append_member(out, "next", e.next_step());
  out += ",\"contexts\":[";
  for (std::size_t i = 0; i < e.contexts().size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, e.contexts()[i]);
  }
  out += e.is_retryable() ? "],\"retryable\":true}" : "],\"retryable\":false}";
}

constexpr std::string_view engine_kinds[] = {"added", "removed", "modified"};

void append_engine(std::string& out, const EngineAnswer& answer) {
  out += answer.changed ? ",\"engine\":{\"changed\":true,\"properties\":[" : ",\"engine\":{\"changed\":false,\"properties\":[";
  bool first = true;
  for (const EngineAnswer::Property& p : answer.properties) {
    out += std::exchange(first, false) ? "{\"path\":" : ",{\"path\":";
    append_json_string(out, p.path.text());
    append_member(out, "kind", engine_kinds[static_cast<std::size_t>(p.kind)]);
    if (p.of_inputs) out += ",\"of_inputs\":true";
    if (p.replaces) out += ",\"replaces\":true";
    if (p.whole) out += ",\"whole\":true";
    out += '}';
  }
  out += "]}";
}

void append_paths(std::string& out, const std::vector<Path>& unmarked) {
  out += ",\"unmarked\":[";
  for (std::size_t i = 0; i < unmarked.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, unmarked[i].text());
  }
  out += ']';
}

Error malformed(std::string_view what) { return Error(Errc::bad_structure, "a line of the recording " + std::string(what)); }

Status parse_error(const Value& v, std::optional<Error>& out) {
  const Value* code = v.find("code");
  const std::optional<std::int64_t> number = code != nullptr && code->is_number() ? code->as_number().to_int64() : std::nullopt;
  const Value* message = v.find("message");
  if (!number || *number < 1 || *number > 999 || message == nullptr || !message->is_string())
    return malformed("holds an error without code or message");
  Error e = Error(static_cast<Errc>(*number), message->as_string())
                .at(std::string(v.string_or("subject")))
                .next(std::string(v.string_or("next")));
  if (const Value* contexts = v.find("contexts"); contexts != nullptr && contexts->is_list())
    for (const Value& c : contexts->as_list())
      if (c.is_string()) e.add_context(c.as_string());
  out = std::move(e);  // not retryable, whatever it was: the recording's answer does not change
  return {};
}

Result<Resource> parse_resource(const Value& v) {
  if (!v.is_object()) return malformed("has a resource that is none");
  return parse_resource_line(to_json(v));
}

bool flag(const Value& object, std::string_view key) {
  const Value* v = object.find(key);
  return v != nullptr && v->is_bool() && v->as_bool();
}

Result<EngineAnswer> parse_engine(const Value& v) {
  EngineAnswer out;
  out.changed = flag(v, "changed");
  const Value* all = v.find("properties");
  if (all == nullptr || !all->is_list()) return malformed("has an answer of the engine that is none");
  for (const Value& e : all->as_list()) {
    Result<Path> path = Path::parse(e.string_or("path"));
    const auto* const kind = std::find(std::begin(engine_kinds), std::end(engine_kinds), e.string_or("kind"));
    if (!path || kind == std::end(engine_kinds)) return malformed("has an answer of the engine that is none");
    const auto n = static_cast<EngineAnswer::Kind>(kind - std::begin(engine_kinds));
    out.properties.push_back({*std::move(path), n, flag(e, "of_inputs"), flag(e, "replaces"), flag(e, "whole")});
  }
  return out;
}

Status parse_paths(const Value& v, std::vector<Path>& out) {
  if (!v.is_list()) return malformed("has paths that are no list");
  for (const Value& text : v.as_list()) {
    Result<Path> path = text.is_string() ? Path::parse(text.as_string()) : Result<Path>(malformed("has a path that is none"));
    if (!path) return malformed("has a path that is none");
    out.push_back(*std::move(path));
  }
  return {};
}

Result<ReadOutcome> parse_outcome(const Value& line) {
  const std::string_view outcome = line.string_or("outcome");
  if (outcome == "absent") return ReadOutcome::absent(std::string(line.string_or("told")));
  if (outcome == "failed") {
    const Value* error = line.find("error");
    if (error == nullptr) return malformed("says `failed` without an error");
    std::optional<Error> e;
    DRIFT_TRY(parse_error(*error, e));
    return ReadOutcome::failed(*std::move(e));
  }
  if (outcome != "found") return malformed("has an outcome that is none of found, absent, failed");
  const Value* resource = line.find("resource");
  if (resource == nullptr) return malformed("says `found` without a resource");
  Result<Resource> r = parse_resource(*resource);
  if (!r) return std::move(r).error();
  std::optional<Value> known;
  if (const Value* k = line.find("known")) {
    Result<Resource> as = parse_resource(*k);
    if (!as) return std::move(as).error();
    known = std::move(as->attributes);
  }
  std::vector<Path> unmarked;
  if (const Value* paths = line.find("unmarked")) DRIFT_TRY(parse_paths(*paths, unmarked));
  ReadOutcome out = ReadOutcome::found(*std::move(r), std::move(known), std::move(unmarked));
  if (const Value* engine = line.find("engine")) {
    Result<EngineAnswer> answer = parse_engine(*engine);
    if (!answer) return std::move(answer).error();
    out.judged(*std::move(answer));
  }
  return out;
}

Status parse_header(std::string_view line, Recording& out) {
  Result<Value> v = parse_json(line);
  if (!v) return std::move(v).error();
  const Value* version = v->find("libdrift_reads");
  if (version == nullptr || !version->is_number())
    return Error(Errc::unknown_format, "this is no recording of reads").next("give the folder that a scan recorded into (`record`)");
  if (version->as_number().to_int64() != 1)
    return Error(Errc::unsupported_version, "the recording has a version that this libdrift does not know").next("use a newer libdrift");
  out.created = v->string_or("created");
  out.key_id = v->string_or("key_id");
  return {};
}

Status parse_list(const Value& line, Recording& out) {
  RecordedList list{std::string(line.string_or("list")), {}, {}};
  const std::string_view outcome = line.string_or("outcome");
  if (outcome == "unsupported") {
    list.error = Error(Errc::read_unsupported, "the provider cannot list what exists");
    out.lists.push_back(std::move(list));
    return {};
  }
  if (outcome != "listed" && outcome != "failed") return malformed("has an outcome that is none of listed, unsupported, failed");
  const Value* error = line.find("error");
  if ((error != nullptr) != (outcome == "failed")) return malformed("says of a list both that it failed and that it did not");
  if (error != nullptr) DRIFT_TRY(parse_error(*error, list.error));
  const Value* resources = line.find("resources");
  if (resources == nullptr || !resources->is_list()) return malformed("says `listed` without resources");
  for (const Value& v : resources->as_list()) {
    Result<Resource> r = parse_resource(v);
    if (!r) return std::move(r).error();
    list.found.push_back(*std::move(r));
  }
  out.lists.push_back(std::move(list));
  return {};
}

Status parse_line(std::string_view text, Recording& out) {
  Result<Value> line = parse_json(text);
  if (!line) return std::move(line).error();
  if (line->find("list") != nullptr) return parse_list(*line, out);
  const std::string_view address = line->string_or("address");
  if (address.empty()) return malformed("has no address");
  Result<ReadOutcome> outcome = parse_outcome(*line);
  if (!outcome) return std::move(outcome).error();
  RecordedRead read{std::string(line->string_or("provider")), *std::move(outcome)};
  if (!out.reads.emplace(std::string(address), std::move(read)).second)
    return Error(Errc::duplicate_address, "an address was recorded twice");
  return {};
}

// Positions count from the start of the file.
Error on_line(const Error& e, const std::string& path, std::uint64_t line, std::uint64_t offset) {
  TextPosition where{line, 1, offset};
  if (e.where()) where = {line + e.where()->line - 1, e.where()->column, offset + e.where()->byte};
  Error out = Error(e.code(), e.message()).at(path).next(e.next_step().empty() ? "record again" : e.next_step()).position(where);
  for (const std::string& c : e.contexts()) out.add_context(c);
  return out;
}

// Gives each line to `take` until it fails or returns false in `more`.
template <class Take>
Status each_line(const std::string& path, std::string_view text, Take&& take) {
  std::uint64_t number = 1;
  for (std::size_t begin = 0; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const bool whole = end < text.size();
    Status s = whole ? take(number, text.substr(begin, end - begin)) : Error(Errc::truncated, "the recording ends in the middle of a line");
    if (!s.ok()) return on_line(s.error(), path, number, begin);
    begin = end + 1;
  }
  if (number == 1) return Error(Errc::truncated, "the recording is empty").at(path).next("record again");
  return {};
}

}  // namespace

std::string recording_header(std::string_view created, std::string_view key_id) {
  std::string out = "{\"libdrift_reads\":1";
  append_member(out, "created", created);
  append_member(out, "key_id", key_id);
  return out + '}';
}

std::string recording_line(const std::string& address, const std::string& provider, const ReadOutcome& outcome, const SecretKey& key) {
  std::string out = "{\"address\":";
  append_json_string(out, address);
  append_member(out, "provider", provider);
  append_member(out, "outcome", outcome.is_found() ? "found" : outcome.is_failed() ? "failed" : "absent");
  if (outcome.is_failed()) append_error(out, outcome.error());
  if (!outcome.told().empty()) append_member(out, "told", outcome.told());
  if (outcome.is_found()) {
    out += ",\"resource\":";
    out += format_resource_line(outcome.resource(), key);
    if (outcome.known()) {
      Resource known = outcome.resource();
      known.attributes = *outcome.known();
      out += ",\"known\":";
      out += format_resource_line(known, key);
    }
    if (outcome.engine()) append_engine(out, *outcome.engine());
    if (!outcome.unmarked().empty()) append_paths(out, outcome.unmarked());
  }
  return out + '}';
}

std::string recording_line(const RecordedList& list, const SecretKey& key) {
  std::string out = "{\"list\":";
  append_json_string(out, list.provider);
  const bool unsupported = list.error && list.error->code() == Errc::read_unsupported;
  append_member(out, "outcome", unsupported ? "unsupported" : list.error ? "failed" : "listed");
  if (unsupported) return out + '}';
  if (list.error) append_error(out, *list.error);
  out += ",\"resources\":[";
  for (std::size_t i = 0; i < list.found.size(); ++i) {
    if (i > 0) out += ',';
    out += format_resource_line(list.found[i], key);
  }
  return out + "]}";
}

bool holds_plain_secret(const Resource& r) {
  return has_plain(r.attributes) || (r.inputs && has_plain(*r.inputs)) || (r.identity && has_plain(*r.identity));
}

Result<std::string> read_small_file(const std::string& path) {
  ReadBuffers buffers;
  const ContentRequest all{.follow = true, .most_bytes = most_bytes};
  Result<std::optional<FileContent>> content = read_content(real_file_system(), path, all, buffers, {});
  if (!content) return std::move(content).error().at(path);
  if (!*content)
    return Error(Errc::not_found, "the file was not found").at(path).next("give the folder that a scan recorded into (`record`)");
  if (!(*content)->bytes) return Error(Errc::byte_limit, "the file is larger than 1 GiB").at(path).next("record fewer resources at once");
  return *std::move((*content)->bytes);
}

Result<Recording> read_recording(const std::string& dir) {
  const std::string path = dir + std::string(reads_file);
  Result<std::string> text = read_small_file(path);
  if (!text) return std::move(text).error();
  Recording out;
  DRIFT_TRY(each_line(path, *text, [&](std::uint64_t number, std::string_view line) {
    return number == 1 ? parse_header(line, out) : parse_line(line, out);
  }));
  return out;
}

Result<std::string> recording_key_id(const std::string& dir) {
  const std::string path = dir + std::string(reads_file);
  Result<std::string> text = read_small_file(path);
  if (!text) return std::move(text).error();
  Recording out;
  const std::string_view first = std::string_view(*text).substr(0, text->find('\n'));
  if (Status s = parse_header(first, out); !s.ok()) return on_line(s.error(), path, 1, 0);
  return std::move(out.key_id);
}

}  // namespace drift::provider_internal
