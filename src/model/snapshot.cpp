#include "drift/model/snapshot.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <unordered_map>

#include "base/immortal.hpp"
#include "model/number_table.hpp"
#include "third/digest.hpp"
#include "third/xxh3.hpp"

namespace drift {
namespace {

using model_internal::NumberTable;

constexpr std::size_t most_entries = std::numeric_limits<std::uint32_t>::max() - 1;

// Addresses come from documents that nobody vouches for; see xxh3_64(). No output depends on the seed.
std::uint64_t table_seed() {
  static const std::uint64_t seed = [] {
    std::string bytes;
    std::uint64_t n = 0x9E3779B97F4A7C15;
    if (third::random_bytes(bytes, 8))
      for (const char c : bytes) n = n << 8 | static_cast<unsigned char>(c);
    return n;
  }();
  return seed;
}

std::uint64_t hash_address(std::string_view address) { return third::xxh3_64(address, table_seed()); }

std::uint64_t hash_raw(const Fingerprint& raw) {
  const std::uint64_t mixed = (raw.lo ^ table_seed()) * 0x9E3779B97F4A7C15;
  return mixed ^ mixed >> 32 ^ raw.hi;
}

struct CompactEntry {
  std::uint64_t address_begin;
  std::uint32_t address_size;
  std::uint32_t type : 28;
  std::uint32_t kind : 2;
  std::uint32_t pending_delete : 1;
  std::uint32_t pending_replacement : 1;
  Fingerprint canonical;
};
static_assert(sizeof(CompactEntry) == 32);
constexpr std::size_t most_types = std::size_t{1} << 28;

class MemoryLoader final : public ResourceLoader {
 public:
  std::deque<Resource> resources;
  [[nodiscard]] Result<Resource> load(std::size_t index) const override { return resources.at(index); }
};

}  // namespace

struct Snapshot::Body {
  Provenance provenance;
  std::vector<Note> notes;
  std::vector<Move> moves;
  std::string addresses;  // one behind the other
  std::vector<std::string> types;
  std::vector<CompactEntry> entries;
  std::vector<Span> spans;
  // Complete when built() without a known snapshot; else made on the first call.
  mutable NumberTable by_address;
  mutable std::once_flag by_address_once;
  bool by_address_complete = true;
  std::shared_ptr<const ResourceLoader> loader;
  mutable std::once_flag by_raw_once;
  mutable NumberTable by_raw;  // made on the first call: many snapshots are never asked
  mutable std::once_flag hash_once;
  mutable std::string content_hash;  // made on the first call

  [[nodiscard]] std::string_view address(std::size_t i) const {
    const CompactEntry& e = entries[i];
    return std::string_view(addresses).substr(e.address_begin, e.address_size);
  }
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view wanted, std::uint64_t hash) const {
    if (!by_address_complete) std::call_once(by_address_once, [this] { index_addresses(); });
    return find_indexed(wanted, hash);
  }
  // Among those in the index.
  [[nodiscard]] std::optional<std::uint32_t> find_indexed(std::string_view wanted, std::uint64_t hash) const {
    return by_address.find(hash, [&](std::uint32_t i) { return address(i) == wanted; });
  }
  [[nodiscard]] std::optional<std::uint32_t> find_span(const Fingerprint& raw) const {
    std::call_once(by_raw_once, [this] { index_spans(); });
    return by_raw.find(hash_raw(raw), [&](std::uint32_t i) { return spans[i].raw == raw; });
  }
  void index_addresses() const;
  void index_spans() const;
  [[nodiscard]] std::string hash_content() const;
};

void Snapshot::Body::index_addresses() const {
  by_address = {};
  by_address.reserve(entries.size());
  for (std::uint32_t n = 0; n < entries.size(); ++n) by_address.add(n, hash_address(address(n)));
}

void Snapshot::Body::index_spans() const {
  by_raw.reserve(spans.size());
  for (std::uint32_t n = 0; n < spans.size(); ++n) {
    const std::uint64_t hash = hash_raw(spans[n].raw);
    // Equal bytes: the first span stands for all.
    if (!by_raw.find(hash, [&](std::uint32_t i) { return spans[i].raw == spans[n].raw; })) by_raw.add(n, hash);
  }
}

std::string Snapshot::Body::hash_content() const {
  std::vector<std::uint32_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return address(a) < address(b); });
  third::Hasher hasher(third::Hasher::sha256);
  std::string line;
  for (const std::uint32_t i : order) {
    line = std::to_string(entries[i].address_size);
    line += ':';
    line += address(i);
    line += entries[i].canonical.hex();
    hasher.update(line);
  }
  return third::hex(hasher.finish());
}

Snapshot::Snapshot() {
  static const base_internal::Immortal<std::shared_ptr<const Body>> empty(std::make_shared<Body>());
  body_ = *empty;
}

Side Snapshot::side() const noexcept { return side_; }
const Provenance& Snapshot::provenance() const noexcept { return body_->provenance; }
const std::vector<Note>& Snapshot::notes() const noexcept { return body_->notes; }
const std::vector<Move>& Snapshot::moves() const noexcept { return body_->moves; }
std::size_t Snapshot::size() const noexcept { return body_->entries.size(); }

Snapshot::Entry Snapshot::entry(std::size_t i) const {
  const CompactEntry& e = body_->entries.at(i);
  return {.address = body_->address(i),
          .type = body_->types[e.type],
          .canonical = e.canonical,
          .kind = static_cast<ResourceKind>(e.kind),
          .pending_delete = e.pending_delete != 0,
          .pending_replacement = e.pending_replacement != 0};
}

std::optional<std::size_t> Snapshot::find(std::string_view address) const { return body_->find(address, hash_address(address)); }

Result<Resource> Snapshot::load(std::size_t i) const {
  if (i >= size()) throw std::out_of_range("drift::Snapshot: no such entry");
  return body_->loader->load_from(*this, i);
}

std::string Snapshot::content_hash() const {
  std::call_once(body_->hash_once, [this] { body_->content_hash = body_->hash_content(); });
  return body_->content_hash;
}

Snapshot Snapshot::as(Side side) const { return Snapshot(body_, side); }

std::size_t Snapshot::memory_bytes() const {
  const Body& b = *body_;
  const auto heap = [](const std::string& s) { return s.capacity() > std::string().capacity() ? s.capacity() + 1 : 0; };
  std::size_t bytes = sizeof(Body) + heap(b.addresses) + b.entries.capacity() * sizeof(CompactEntry) +
                      NumberTable::memory_for(b.entries.size()) + b.spans.capacity() * sizeof(Span) +
                      NumberTable::memory_for(b.spans.size()) + b.types.capacity() * sizeof(std::string) +
                      b.notes.capacity() * sizeof(Note) + b.moves.capacity() * sizeof(Move);
  for (const std::string& t : b.types) bytes += heap(t);
  for (const Note& n : b.notes) bytes += heap(n.code) + heap(n.address) + heap(n.message);
  for (const Move& m : b.moves) bytes += heap(m.address) + heap(m.previous);
  const Provenance& p = b.provenance;
  return bytes + heap(p.format) + heap(p.source) + heap(p.engine_version) + heap(p.lineage) + heap(p.secrets_provider);
}

std::size_t Snapshot::spans() const noexcept { return body_->spans.size(); }
const Snapshot::Span& Snapshot::span(std::size_t i) const { return body_->spans.at(i); }
std::optional<std::size_t> Snapshot::find_span(const Fingerprint& raw) const { return body_->find_span(raw); }

std::string_view side_name(Side s) noexcept {
  switch (s) {
    case Side::desired:
      return "desired";
    case Side::recorded:
      return "recorded";
    case Side::actual:
      return "actual";
    case Side::baseline:
      return "baseline";
  }
  return "recorded";
}

// --- building ---

struct SnapshotBuilder::State {
  Side side;
  std::shared_ptr<Snapshot::Body> body = std::make_shared<Snapshot::Body>();
  std::shared_ptr<MemoryLoader> memory;  // made by the first add()
  std::unordered_map<std::string, std::uint32_t> types;
  std::string last_type;  // most entries have the type of the one before
  std::uint32_t last_type_number = 0;

  std::uint32_t type_number(std::string_view type) {
    if (!types.empty() && type == last_type) return last_type_number;
    last_type = type;
    const auto [it, is_new] = types.try_emplace(last_type, static_cast<std::uint32_t>(body->types.size()));
    if (is_new) body->types.push_back(last_type);
    return last_type_number = it->second;
  }
  // Another snapshot that this one is mostly made of. Each of its entries can be taken once, by add_known() or under its address.
  std::shared_ptr<const Snapshot::Body> known;
  std::vector<bool> taken;
  std::vector<std::uint32_t> known_types;  // the numbers its types have here

  [[nodiscard]] bool claim(std::string_view address);
  Status append(const NewEntry& e);
  Status append_known(std::uint32_t i);
};

namespace {

Error twice(std::string_view address) {
  return Error(Errc::duplicate_address, "an address was given to two resources")
      .at(std::string(address))
      .next("give each resource an address of its own");
}

Error too_many() { return Error(Errc::node_limit, "a snapshot held more than it can").next("split the document"); }

constexpr std::uint32_t no_type = ~std::uint32_t{0};

}  // namespace

// True when the entry that is appended next is the first with this address; then it is in the index.
bool SnapshotBuilder::State::claim(std::string_view address) {
  const std::uint64_t hash = hash_address(address);
  if (known != nullptr) {
    if (const auto i = known->find(address, hash)) {
      if (taken[*i]) return false;
      taken[*i] = true;
      return true;
    }
  }
  if (body->find_indexed(address, hash)) return false;
  body->by_address.add(static_cast<std::uint32_t>(body->entries.size()), hash);
  return true;
}

Status SnapshotBuilder::State::append(const NewEntry& e) {
  if (!claim(e.address)) return twice(e.address);
  const std::uint32_t type = type_number(e.type);
  if (body->entries.size() >= most_entries || type >= most_types || e.address.size() > most_entries) return too_many();
  body->entries.push_back({.address_begin = body->addresses.size(),
                           .address_size = static_cast<std::uint32_t>(e.address.size()),
                           .type = type & 0x0FFFFFFFU,
                           .kind = static_cast<std::uint32_t>(e.kind) & 3U,
                           .pending_delete = e.pending_delete ? 1U : 0U,
                           .pending_replacement = e.pending_replacement ? 1U : 0U,
                           .canonical = e.canonical});
  body->addresses += e.address;
  return {};
}

Status SnapshotBuilder::State::append_known(std::uint32_t i) {
  const std::string_view address = known->address(i);
  if (taken[i]) return twice(address);
  if (body->entries.size() >= most_entries) return too_many();
  taken[i] = true;
  CompactEntry entry = known->entries[i];
  std::uint32_t& type = known_types[entry.type];
  if (type == no_type) type = type_number(known->types[entry.type]);
  entry.type = type & 0x0FFFFFFFU;
  entry.address_begin = body->addresses.size();
  body->entries.push_back(entry);
  body->addresses += address;
  return {};
}

SnapshotBuilder::SnapshotBuilder(Side side) : s_(std::make_unique<State>()) { s_->side = side; }
SnapshotBuilder::SnapshotBuilder(SnapshotBuilder&&) noexcept = default;
SnapshotBuilder& SnapshotBuilder::operator=(SnapshotBuilder&&) noexcept = default;
SnapshotBuilder::~SnapshotBuilder() = default;

Provenance& SnapshotBuilder::provenance() { return s_->body->provenance; }
void SnapshotBuilder::note(Note n) { s_->body->notes.push_back(std::move(n)); }
void SnapshotBuilder::moved(Move m) { s_->body->moves.push_back(std::move(m)); }
std::size_t SnapshotBuilder::size() const { return s_->body->entries.size(); }
bool SnapshotBuilder::contains(std::string_view address) const {
  const std::uint64_t hash = hash_address(address);
  if (s_->known != nullptr) {
    if (const auto i = s_->known->find(address, hash)) return s_->taken[*i];
  }
  return s_->body->find_indexed(address, hash).has_value();
}

void SnapshotBuilder::expect(const Snapshot& known) {
  if (size() > 0 || s_->memory != nullptr) throw std::logic_error("drift::SnapshotBuilder: expect() after the first entry");
  State& s = *s_;
  s.known = known.body_;
  s.taken.assign(known.size(), false);
  s.known_types.assign(known.body_->types.size(), no_type);
  s.body->by_address_complete = false;
  s.body->entries.reserve(known.size());
  s.body->spans.reserve(known.spans());
  s.body->addresses.reserve(known.body_->addresses.size());
}

Status SnapshotBuilder::add_known(const Snapshot& known, std::size_t i) {
  if (s_->known != known.body_) {
    const Snapshot::Entry e = known.entry(i);
    return add_entry({.address = e.address,
                      .type = e.type,
                      .canonical = e.canonical,
                      .kind = e.kind,
                      .pending_delete = e.pending_delete,
                      .pending_replacement = e.pending_replacement});
  }
  if (i >= s_->taken.size()) throw std::out_of_range("drift::SnapshotBuilder: no such entry");
  DRIFT_TRY(s_->append_known(static_cast<std::uint32_t>(i)));
  if (!s_->body->spans.empty()) ++s_->body->spans.back().entries;
  return {};
}

Status SnapshotBuilder::add(Resource r) {
  if (s_->memory == nullptr) {
    if (size() > 0 || !s_->body->spans.empty()) throw std::logic_error("drift::SnapshotBuilder: add() after add_entry()");
    s_->memory = std::make_shared<MemoryLoader>();
  }
  DRIFT_TRY(s_->append({.address = r.address,
                        .type = r.type,
                        .canonical = resource_fingerprint(r),
                        .kind = r.kind,
                        .pending_delete = r.pending_delete,
                        .pending_replacement = r.pending_replacement}));
  s_->memory->resources.push_back(std::move(r));
  return {};
}

void SnapshotBuilder::begin_span(const Fingerprint& raw, std::uint64_t offset, std::uint64_t length) {
  if (s_->memory != nullptr) throw std::logic_error("drift::SnapshotBuilder: begin_span() after add()");
  Snapshot::Body& b = *s_->body;
  const auto first_entry = static_cast<std::uint32_t>(b.entries.size());
  b.spans.push_back({.raw = raw, .offset = offset, .length = length, .first_entry = first_entry, .entries = 0});
}

Status SnapshotBuilder::add_entry(const NewEntry& e) {
  if (s_->memory != nullptr) throw std::logic_error("drift::SnapshotBuilder: add_entry() after add()");
  DRIFT_TRY(s_->append(e));
  if (!s_->body->spans.empty()) ++s_->body->spans.back().entries;
  return {};
}

Snapshot SnapshotBuilder::build(std::shared_ptr<const ResourceLoader> loader) && {
  Snapshot::Body& b = *s_->body;
  b.loader = s_->memory != nullptr ? std::shared_ptr<const ResourceLoader>(s_->memory) : std::move(loader);
  if (b.loader == nullptr && !b.entries.empty()) throw std::logic_error("drift::SnapshotBuilder: entries without a loader");
  b.addresses.shrink_to_fit();
  b.entries.shrink_to_fit();
  b.spans.shrink_to_fit();
  Snapshot built(std::move(s_->body), s_->side);
  s_.reset();
  return built;
}

}  // namespace drift
