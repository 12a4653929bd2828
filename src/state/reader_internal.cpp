#include "state/reader_internal.hpp"

#include <algorithm>
#include <utility>

namespace drift::state_internal {
namespace {

constexpr std::size_t kCheckAtOnce = std::size_t{1} << 20;
// Documents mostly change in place: the spans next in line are looked at first. Only after so many misses in line is the index of all spans
// made and asked, which for a few changed resources costs more than it saves.
constexpr std::size_t kLookAhead = 4;
constexpr std::size_t kMissesBeforeIndex = 16;

}  // namespace

Error encrypted_state(const SpanScanner& in) {
  return in.error(Errc::encrypted_state, "the state was encrypted by OpenTofu", in.key_offset())
      .next("give the decrypted state: `tofu state pull` writes it");
}

Reading::Reading(std::shared_ptr<const OpenSource> opened, const ReadOptions& options, std::string_view format)
    : source(std::move(opened)),
      known(options.known != nullptr && options.known->provenance().format == format ? options.known : nullptr),
      scanner(source, options.limits, options.context),
      parser(source, options.limits, options.context),
      limits_(options.limits) {}

Result<std::unique_ptr<Reading>> Reading::open(const ByteSource& source, const ReadOptions& options, std::string_view format) {
  auto opened = open_source(source, options.limits, options.context);
  if (!opened) return std::move(opened).error();
  return std::make_unique<Reading>(std::move(*opened), options, format);
}

std::optional<std::size_t> Reading::find_known(const Fingerprint& raw) {
  const std::size_t end = std::min(next_known_ + misses_in_line_ + kLookAhead, known->spans());
  for (std::size_t i = next_known_; i < end; ++i) {
    if (known->span(i).raw == raw) return i;
  }
  if (++misses_in_line_ < kMissesBeforeIndex) return std::nullopt;
  misses_in_line_ = kMissesBeforeIndex;
  return known->find_span(raw);
}

Status Reading::add_known(SnapshotBuilder& builder, std::size_t span_index, std::uint64_t offset) {
  const Snapshot::Span& span = known->span(span_index);
  next_known_ = span_index + 1;
  misses_in_line_ = 0;
  builder.begin_span(span.raw, offset, span.length);
  for (std::uint32_t i = 0; i < span.entries; ++i) {
    Status added = builder.add_known(*known, span.first_entry + i);
    if (!added.ok()) return std::move(added).error().position(position_in(*source, offset)).in("while reading " + source->name());
  }
  return {};
}

Result<std::uint64_t> Reading::take_next_known(SnapshotBuilder& builder) {
  const std::size_t next = next_known_ + misses_in_line_;
  if (known == nullptr || next >= known->spans()) return std::uint64_t{0};
  const Snapshot::Span& expected = known->span(next);
  if (expected.entries == 0) return std::uint64_t{0};
  auto offset = scanner.skip_value_like(expected.length, expected.raw);
  if (!offset) return std::move(offset).error();
  if (!*offset) return std::uint64_t{0};
  DRIFT_TRY(add_known(builder, next, **offset));
  return expected.length;
}

Result<bool> Reading::take_known(SnapshotBuilder& builder, const Fingerprint& raw, std::uint64_t offset, std::uint64_t length) {
  if (known == nullptr) return false;
  const auto found = find_known(raw);
  if (!found) return false;
  // Without entries it is not known what there was to be noted of it.
  if (known->span(*found).length != length || known->span(*found).entries == 0) return false;
  DRIFT_TRY(add_known(builder, *found, offset));
  return true;
}

Status Reading::check_value() {
  auto type = scanner.peek();
  if (!type) return std::move(type).error();
  if (*type != JsonType::object && *type != JsonType::array) {
    auto span = scanner.take_value();
    return span ? parser.check(*span) : Status(std::move(span).error());
  }
  auto span = scanner.take_value_within(kCheckAtOnce);
  if (!span) return std::move(span).error();
  if (*span) return parser.check(**span);
  // Large: child by child. The depth limit, which the scanner keeps, bounds the recursion.
  const bool object = *type == JsonType::object;
  DRIFT_TRY(object ? scanner.enter_object() : scanner.enter_array());
  for (;;) {
    auto more = object ? scanner.next_member() : scanner.next_element();
    if (!more) return std::move(more).error();
    if (!*more) return {};
    DRIFT_TRY(check_value());
  }
}

Result<std::string> Reading::take_string(std::string_view what) {
  DRIFT_TRY(scanner.expect(JsonType::string, what));
  auto span = scanner.take_value();
  if (!span) return std::move(span).error();
  auto view = parser.parse(*span);
  if (!view) return std::move(view).error();
  return std::string(view->string());
}

Result<std::uint64_t> Reading::take_uint64(std::string_view what) {
  DRIFT_TRY(scanner.expect(JsonType::number, what));
  auto span = scanner.take_value();
  if (!span) return std::move(span).error();
  auto view = parser.parse(*span);
  if (!view) return std::move(view).error();
  if (const auto n = view->uint64()) return *n;
  return parser.error(Errc::bad_structure, std::string(what) + " was no whole number from 0 to 2^64-1");
}

Result<Value> Reading::take_tree() {
  auto span = scanner.take_value();
  if (!span) return std::move(span).error();
  auto view = parser.parse(*span);
  if (!view) return std::move(view).error();
  return parser.value(*view);
}

Status Reading::finish() {
  DRIFT_TRY(scanner.finish());
  if (scanner.nodes() > limits_.max_nodes || parser.nodes() > limits_.max_nodes - scanner.nodes()) {
    return Error(Errc::node_limit, "the document had more values than the limit of " + std::to_string(limits_.max_nodes))
        .at(source->name())
        .next("raise the node limit if the document is to be trusted");
  }
  return source->unchanged();
}

// SpanLoader

SpanLoader::SpanLoader(std::shared_ptr<const OpenSource> source, const JsonLimits& limits) : source_(std::move(source)), limits_(limits) {}

Result<Resource> SpanLoader::load(std::size_t /*index*/) const {
  return Error(Errc::internal, "a resource was asked for without its snapshot").at(source_->name());
}

Fingerprint SpanLoader::raw_fingerprint(const Snapshot& /*snapshot*/, std::size_t /*span_index*/, std::string_view bytes) const {
  return fingerprint_bytes(bytes);
}

std::uint32_t SpanLoader::depth_of(std::size_t /*span_index*/) const { return 2; }

std::unique_ptr<SpanParser> SpanLoader::borrow_parser() const {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto parser = std::move(idle_.back());
      idle_.pop_back();
      return parser;
    }
  }
  JsonLimits limits = limits_;
  limits.max_nodes = ~std::uint64_t{0};  // counted when the document was read; a parser lives over many loads
  return std::make_unique<SpanParser>(source_, limits, OpContext());
}

void SpanLoader::give_back(std::unique_ptr<SpanParser> parser) const {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(parser));
}

namespace {

// The last span that begins at or before the entry. Most spans hold one entry: looked for near the place it then has, in steps that double.
std::size_t span_of(const Snapshot& snapshot, std::size_t index) {
  const auto begins_late = [&](std::size_t i) { return snapshot.span(i).first_entry > index; };
  std::size_t low = std::min(index, snapshot.spans() - 1);
  std::size_t high = low + 1;
  for (std::size_t step = 1; low > 0 && begins_late(low); step *= 2) {
    high = low;
    low -= std::min(low, step);
  }
  for (std::size_t step = 1; high < snapshot.spans() && !begins_late(high); step *= 2) {
    low = high;
    high = std::min(snapshot.spans(), high + step);
  }
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (begins_late(middle) ? high : low) = middle;
  }
  return low;
}

}  // namespace

Result<Resource> SpanLoader::load_from(const Snapshot& snapshot, std::size_t index) const {
  if (snapshot.spans() == 0) return Error(Errc::internal, "an entry of a snapshot was in no span").at(source_->name());
  const std::size_t low = span_of(snapshot, index);
  const Snapshot::Span& span = snapshot.span(low);

  std::string bytes(static_cast<std::size_t>(span.length) + kSpanPadding, '\0');
  auto got = source_->read(span.offset, bytes.data(), static_cast<std::size_t>(span.length));
  if (!got) return std::move(got).error();
  const std::string_view text(bytes.data(), *got);
  if (*got != span.length || !(raw_fingerprint(snapshot, low, text) == span.raw)) return changed_error(source_->name());

  auto parser = borrow_parser();
  Result<Resource> built = [&]() -> Result<Resource> {
    auto view = parser->parse({text, span.offset, depth_of(low), true});
    if (!view) return std::move(view).error();
    return build(snapshot, index, index - span.first_entry, *view, *parser);
  }();
  give_back(std::move(parser));
  return built;
}

}  // namespace drift::state_internal
