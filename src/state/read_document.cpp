// Tells the format of a document from the names of its root members, in whatever order they come, and hands it to its reader.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "state/reader_internal.hpp"

namespace drift {
namespace {

using namespace state_internal;

using Reader = Result<Document> (*)(const ByteSource&, const ReadOptions&);

bool means_something(std::string_view key) {
  static constexpr std::string_view names[] = {"libdrift_snapshot", "format_version", "deployment", "checkpoint",     "version",
                                               "terraform_version", "lineage",        "serial",     "modules",        "resources",
                                               "outputs",           "manifest",       "latest",     "planned_values", "resource_changes",
                                               "resource_drift",    "prior_state",    "values",     "encrypted_data", "encryption_version"};
  return std::find(std::begin(names), std::end(names), key) != std::end(names);
}

// The names seen so far, and the version when it is a number.
class Evidence {
 public:
  void add(std::string_view key) {
    if (means_something(key))
      keys_.emplace_back(key);
    else
      others_ = others_ || key != "checks";  // which Terraform writes beside a state's values
  }
  void set_version(std::optional<std::uint64_t> version) { version_ = version; }

  // The reader, as soon as it is certain; at the end of the root object (`complete`) also what is only likely.
  [[nodiscard]] Reader decide(bool complete) const {
    if (has("libdrift_snapshot")) return &read_libdrift_snapshot;
    if (has("format_version")) return decide_json_output(complete);
    if (has("deployment") || has("checkpoint")) return &read_pulumi;
    if (version_ && any({"terraform_version", "lineage", "serial", "modules"})) return decide_terraform();
    if (complete && version_ && any({"resources", "outputs"})) return decide_terraform();
    return nullptr;
  }
  // Bare deployments and checkpoints of Pulumi's first versions, once the root object has ended.
  [[nodiscard]] bool unversioned_pulumi() const { return !has("version") && ((has("manifest") && has("resources")) || has("latest")); }
  [[nodiscard]] bool encrypted() const { return any({"encryption_version", "encrypted_data"}); }
  // A state of Terraform whose version nobody here knows.
  [[nodiscard]] bool other_terraform() const {
    return version_ && *version_ != 3 && *version_ != 4 && any({"terraform_version", "lineage", "serial", "modules"});
  }

 private:
  [[nodiscard]] Reader decide_json_output(bool complete) const {
    if (any({"planned_values", "resource_changes", "resource_drift", "prior_state"})) return &read_terraform_plan;
    // An empty state is written without values. Other output of Terraform has a format version, too, and is no state.
    if (has("values") || (complete && !others_)) return &read_terraform_show;
    return nullptr;
  }
  [[nodiscard]] Reader decide_terraform() const {
    if (version_ == 3) return &read_terraform_v3;
    return version_ == 4 ? &read_terraform_v4 : nullptr;
  }
  [[nodiscard]] bool has(std::string_view key) const { return std::find(keys_.begin(), keys_.end(), key) != keys_.end(); }
  [[nodiscard]] bool any(std::initializer_list<std::string_view> keys) const {
    return std::any_of(keys.begin(), keys.end(), [this](std::string_view k) { return has(k); });
  }
  std::vector<std::string> keys_;  // only those that mean something
  bool others_ = false;            // there were others
  std::optional<std::uint64_t> version_;
};

Error unknown_format(const ByteSource& source, std::string_view why) {
  return Error(Errc::unknown_format,
               "the format was not recognised: " + std::string(why) +
                   " (tried Terraform and OpenTofu state v3 and v4, `terraform show -json` of a state or plan, Pulumi stack export and "
                   "checkpoint, libdrift snapshot)")
      .at(source.name())
      .next("give a document of one of these formats");
}

Error other_terraform_version(const SpanScanner& in, std::uint64_t offset) {
  return in.error(Errc::unsupported_version, "a Terraform state of a version other than 3 and 4 was met", offset)
      .next("let a current Terraform or OpenTofu write the state once, or use a libdrift that knows this version");
}

Error unversioned_pulumi(const SpanScanner& in) {
  return in.error(Errc::unsupported_version, "a Pulumi checkpoint from before versions were written (version 0) is not supported", 0)
      .next("let a current pulumi write the stack once, for instance by pulumi refresh, and give what pulumi stack export writes");
}

struct Format {
  Reader read = nullptr;
};

Result<Format> detect(const ByteSource& source, const ReadOptions& options) {
  auto opened = open_source(source, options.limits, options.context);
  if (!opened) return std::move(opened).error();
  SpanScanner in(*opened, options.limits, options.context);
  SpanParser parser(*opened, options.limits, options.context);
  auto root = in.peek();
  if (!root && root.error().code() == Errc::parse) return unknown_format(source, "it was no JSON");
  if (!root) return std::move(root).error();
  if (*root != JsonType::object) return unknown_format(source, "it was " + std::string(json_type_name(*root)) + ", not an object");
  DRIFT_TRY(in.enter_object());
  Evidence evidence;
  std::uint64_t version_at = 0;
  for (;;) {
    auto more = in.next_member();
    if (!more) return std::move(more).error();
    if (*more) {
      evidence.add(in.key());
      if (in.key() == "version") {
        version_at = in.key_offset();
        auto span = in.take_value();
        if (!span) return std::move(span).error();
        auto view = parser.parse(*span);
        if (!view) return std::move(view).error();
        evidence.set_version(view->uint64());
        continue;
      }
    }
    if (evidence.encrypted()) return encrypted_state(in);
    if (const Reader reader = evidence.decide(!*more)) return Format{reader};
    if (evidence.other_terraform()) return other_terraform_version(in, version_at);
    if (!*more) return evidence.unversioned_pulumi() ? unversioned_pulumi(in) : unknown_format(source, "none of its root members told one");
    DRIFT_TRY(in.skip_value());
  }
}

}  // namespace

Result<Document> read_document(const ByteSource& source, const ReadOptions& options) {
  const ByteSource one = state_internal::for_one_read(source);
  auto format = detect(one, options);
  if (!format) return std::move(format).error();
  return format->read(one, options);
}

Result<Document> DocumentSource::read(const ReadOptions& options) const {
  if (const auto* bytes = std::get_if<ByteSource>(&source_)) return read_document(*bytes, options);
  const auto* place = std::get_if<std::shared_ptr<StateSource>>(&source_);
  if (place == nullptr) return std::get<Document>(source_);
  Result<StateSource::Fetched> fetched = (*place)->fetch(options.limits, options.context);
  if (!fetched) return std::move(fetched).error();
  ReadOptions with = options;
  with.notes.insert(with.notes.end(), fetched->notes.begin(), fetched->notes.end());
  with.service = std::move(fetched->service);
  return read_document(fetched->bytes, with);
}

}  // namespace drift
