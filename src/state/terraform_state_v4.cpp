#include "state/terraform_state_v4.hpp"

#include <algorithm>
#include <utility>

#include "state/reader_internal.hpp"

namespace drift::state_internal {
namespace {

constexpr std::string_view kFormat = "terraform-state-v4";
// A resource block up to this size is one span; of a larger one (count = 100000) each instance is.
constexpr std::size_t kLargestBlock = std::size_t{64} << 10;
constexpr std::uint32_t kBlockDepth = 2;     // root, resources
constexpr std::uint32_t kInstanceDepth = 4;  // and block, instances

// A large block: its entries have spans of their own, which do not hold the header.
struct LargeBlock {
  std::size_t first_span = 0;
  std::size_t end_span = 0;
  std::size_t first_entry = 0;
  std::size_t end_entry = 0;
  BlockHeader header;
  Fingerprint header_print;
};

// An instance's bytes are known only together with the block they stand in.
Fingerprint instance_print(const Fingerprint& header, std::string_view bytes) {
  const Fingerprint own = fingerprint_bytes(bytes);
  std::string both = header.hex();
  both += own.hex();
  return fingerprint_bytes(both);
}

class Loader final : public SpanLoader {
 public:
  Loader(std::shared_ptr<const OpenSource> source, const JsonLimits& limits, std::vector<LargeBlock> large)
      : SpanLoader(std::move(source), limits), large_(std::move(large)) {}

 protected:
  Result<Resource> build(const Snapshot& /*snapshot*/, std::size_t index, std::size_t nth, const JsonView& span,
                         SpanParser& parser) const override {
    InstanceView instance;
    const auto large =
        std::upper_bound(large_.begin(), large_.end(), index, [](std::size_t i, const LargeBlock& b) { return i < b.end_entry; });
    if (large != large_.end() && index >= large->first_entry) {
      DRIFT_TRY(read_instance(span, parser, instance));
      return build_instance(large->header, instance, parser);
    }
    BlockHeaderReader block;
    JsonView instances;
    DRIFT_TRY(read_block(span, parser, block, instances));
    auto c = instances.begin();
    for (std::size_t i = 0; c && i < nth; ++i) c.next();
    if (!c) return parser.error(Errc::internal, "a resource block had fewer instances than when it was read");
    DRIFT_TRY(read_instance(c.value(), parser, instance));
    return build_instance(block.header, instance, parser);
  }

  Fingerprint raw_fingerprint(const Snapshot& snapshot, std::size_t span_index, std::string_view bytes) const override {
    const LargeBlock* block = large_of_span(span_index);
    return block != nullptr ? instance_print(block->header_print, bytes) : SpanLoader::raw_fingerprint(snapshot, span_index, bytes);
  }
  std::uint32_t depth_of(std::size_t span_index) const override {
    return large_of_span(span_index) != nullptr ? kInstanceDepth : kBlockDepth;
  }

 private:
  const LargeBlock* large_of_span(std::size_t i) const {
    const auto b =
        std::upper_bound(large_.begin(), large_.end(), i, [](std::size_t span, const LargeBlock& block) { return span < block.end_span; });
    return b != large_.end() && i >= b->first_span ? &*b : nullptr;
  }
  std::vector<LargeBlock> large_;  // in document order
};

class StateReader {
 public:
  StateReader(Reading& in, const ReadOptions& options) : in_(in), options_(options) {
    if (in_.known != nullptr) builder_.expect(*in_.known);
  }

  Result<Document> read() {
    DRIFT_TRY(in_.scanner.expect(JsonType::object, "the document"));
    DRIFT_TRY(in_.scanner.enter_object());
    for (;;) {
      auto more = in_.scanner.next_member();
      if (!more) return std::move(more).error();
      if (!*more) break;
      DRIFT_TRY(read_member());
    }
    DRIFT_TRY(in_.finish());
    if (!version_seen_) {
      return in_.scanner.error(Errc::bad_structure, "a Terraform state had no version", 0).next("check that this is a state file");
    }
    if (!resources_seen_) {  // Terraform writes an empty list; taken for empty, every resource would be gone
      return in_.scanner.error(Errc::bad_structure, "a Terraform state had no member resources", 0)
          .next("check that this is a whole state file: `terraform state pull` writes it");
    }
    return document();
  }

 private:
  Document document() {
    Provenance& p = builder_.provenance();
    p.format = kFormat;
    p.source = in_.source->name();
    if (data_ > 0) {
      builder_.note(
          {"data_skipped", "",
           std::to_string(data_) + (data_ == 1 ? " data resource was" : " data resources were") + " skipped: they are read, not managed"});
    }
    auto loader = std::make_shared<Loader>(in_.source, options_.limits, std::move(large_));
    Document d;
    d.format = kFormat;
    d.recorded = std::move(builder_).build(std::move(loader));
    return d;
  }

  Status read_member() {
    const std::string& key = in_.scanner.key();
    if (key == "version") return read_version();
    if (key == "resources") {
      resources_seen_ = true;
      return read_resources();
    }
    if (key == "encrypted_data" || key == "encryption_version") return encrypted_state(in_.scanner);
    if (key == "serial") {
      auto serial = in_.take_uint64("the member serial");
      if (!serial) return std::move(serial).error();
      builder_.provenance().serial = *serial;
      return {};
    }
    if (key != "lineage" && key != "terraform_version") return in_.check_value();
    std::string& to = key == "lineage" ? builder_.provenance().lineage : builder_.provenance().engine_version;
    auto text = in_.take_string(key == "lineage" ? "the member lineage" : "the member terraform_version");
    if (!text) return std::move(text).error();
    to = std::move(*text);
    return {};
  }

  Status read_version() {
    const std::uint64_t at = in_.scanner.offset();
    auto version = in_.take_uint64("the member version");
    if (!version) return std::move(version).error();
    version_seen_ = true;
    if (*version == 4) return {};
    return in_.scanner.error(Errc::unsupported_version, "a Terraform state of another version than 4 was met", at)
        .next("use a libdrift that knows this version");
  }

  Status read_resources() {
    auto type = in_.scanner.peek();
    if (!type) return std::move(type).error();
    if (*type == JsonType::null) return in_.check_value();  // Go's empty list
    DRIFT_TRY(in_.scanner.expect(JsonType::array, "the member resources"));
    DRIFT_TRY(in_.scanner.enter_array());
    for (;;) {
      auto more = in_.scanner.next_element();
      if (!more) return std::move(more).error();
      if (!*more) return {};
      auto known = in_.take_next_known(builder_);
      if (!known) return std::move(known).error();
      if (*known > 0) {
        ++spans_;
        continue;
      }
      auto span = in_.scanner.take_value_within(kLargestBlock);
      if (!span) return std::move(span).error();
      if (*span)
        DRIFT_TRY(read_span(**span));
      else
        DRIFT_TRY(read_large());
    }
  }

  // A block that is one span.
  Status read_span(const Span& span) {
    const Fingerprint raw = fingerprint_bytes(span.text);
    auto taken = in_.take_known(builder_, raw, span.offset, span.text.size());
    if (!taken) return std::move(taken).error();
    if (*taken) {
      ++spans_;
      return {};
    }
    auto block = in_.parser.parse(span);
    if (!block) return std::move(block).error();
    JsonView instances;
    DRIFT_TRY(read_block(*block, in_.parser, block_, instances));
    if (!instances.begin()) return {};
    if (block_.header.data) {
      data_ += instances.size();
      return in_.parser.unique_keys(instances);
    }
    builder_.begin_span(raw, span.offset, span.text.size());
    ++spans_;
    for (auto c = instances.begin(); c; c.next()) DRIFT_TRY(add_instance(c.value(), block_.header, span.offset));
    return {};
  }

  Status add_instance(const JsonView& value, const BlockHeader& header, std::uint64_t offset) {
    InstanceView instance;
    DRIFT_TRY(read_instance(value, in_.parser, instance));
    DRIFT_TRY(write_instance_address(header, instance, in_.parser, address_));
    auto print = instance_fingerprint(header, instance, in_.parser, scratch_);
    if (!print) return std::move(print).error();
    const bool deposed = instance.deposed.is_string() && !instance.deposed.string().empty();
    Status added = builder_.add_entry(
        {.address = address_, .type = header.type, .canonical = *print, .kind = ResourceKind::managed, .pending_delete = deposed});
    return added.ok() ? Status() : located(std::move(added).error(), offset);
  }

  Error located(Error e, std::uint64_t offset) const {
    e.add_context("while reading " + in_.source->name());
    return std::move(e).position(position_in(*in_.source, offset));
  }

  // A block that is too large for one span is walked twice: for its header, which may stand behind the instances, then for these.
  Status read_large() {
    DRIFT_TRY(in_.scanner.expect(JsonType::object, "an element of resources"));
    auto mark = in_.scanner.mark();
    if (!mark) return std::move(mark).error();
    BlockHeaderReader reader;
    bool has_instances = false;
    DRIFT_TRY(in_.scanner.enter_object());
    for (;;) {
      auto more = in_.scanner.next_member();
      if (!more) return std::move(more).error();
      if (!*more) break;
      if (in_.scanner.key() == "instances") {
        auto type = in_.scanner.peek();
        if (!type) return std::move(type).error();
        has_instances = *type != JsonType::null;
        if (has_instances) DRIFT_TRY(in_.scanner.expect(JsonType::array, "the member instances of a resource"));
        DRIFT_TRY(in_.scanner.skip_value());
      } else {
        DRIFT_TRY(read_header_member(reader));
      }
    }
    if (const std::string_view fault = reader.fault(); !fault.empty()) {
      return in_.scanner.error(Errc::bad_structure, std::string(fault), mark->offset);
    }
    if (!has_instances) return {};
    in_.scanner.rewind(*mark);
    return read_large_instances(std::move(reader.header));
  }

  Status read_header_member(BlockHeaderReader& reader) {
    const std::string key = in_.scanner.key();
    auto span = in_.scanner.take_value_within(kLargestBlock);
    if (!span) return std::move(span).error();
    if (!*span) return in_.check_value();  // nothing of a header is that large
    auto view = in_.parser.parse(**span);
    if (!view) return std::move(view).error();
    return reader.member(key, *view, in_.parser);
  }

  Status read_large_instances(BlockHeader header) {
    LargeBlock block;
    block.header_print = header.fingerprint();
    block.header = std::move(header);
    block.first_span = spans_;
    block.first_entry = builder_.size();
    DRIFT_TRY(in_.scanner.enter_object());
    for (;;) {
      auto more = in_.scanner.next_member();
      if (!more) return std::move(more).error();
      if (!*more) break;
      if (in_.scanner.key() == "instances")
        DRIFT_TRY(read_instances_of(block));
      else
        DRIFT_TRY(in_.scanner.skip_value());  // read before
    }
    block.end_span = spans_;
    block.end_entry = builder_.size();
    large_.push_back(std::move(block));
    return {};
  }

  Status read_instances_of(const LargeBlock& block) {
    DRIFT_TRY(in_.scanner.enter_array());
    for (;;) {
      auto more = in_.scanner.next_element();
      if (!more) return std::move(more).error();
      if (!*more) break;
      if (block.header.data) {
        ++data_;
        DRIFT_TRY(in_.check_value());
        continue;
      }
      auto span = in_.scanner.take_value();
      if (!span) return std::move(span).error();
      DRIFT_TRY(read_instance_span(*span, block));
    }
    return {};
  }

  Status read_instance_span(const Span& span, const LargeBlock& block) {
    const Fingerprint raw = instance_print(block.header_print, span.text);
    auto taken = in_.take_known(builder_, raw, span.offset, span.text.size());
    if (!taken) return std::move(taken).error();
    ++spans_;
    if (*taken) return {};
    auto instance = in_.parser.parse(span);
    if (!instance) return std::move(instance).error();
    builder_.begin_span(raw, span.offset, span.text.size());
    return add_instance(*instance, block.header, span.offset);
  }

  Reading& in_;
  const ReadOptions& options_;
  SnapshotBuilder builder_{Side::recorded};
  std::vector<LargeBlock> large_;
  BlockHeaderReader block_;
  std::string address_;
  std::string scratch_;
  std::size_t data_ = 0;
  std::size_t spans_ = 0;
  bool version_seen_ = false;
  bool resources_seen_ = false;
};

}  // namespace

Result<Document> read_terraform_v4(const ByteSource& source, const ReadOptions& options) {
  auto in = Reading::open(source, options, kFormat);
  if (!in) return std::move(in).error();
  return StateReader(**in, options).read();
}

}  // namespace drift::state_internal
