#include "fuzz/properties.hpp"

#include <optional>

#include "drift/model/hash.hpp"
#include "drift/model/json.hpp"
#include "drift/state/reader.hpp"
#include "state/span_parser.hpp"
#include "state/span_scanner_kernel.hpp"

namespace fuzz {

using namespace drift;
using namespace drift::state_internal;

namespace {

struct Answer {
  std::size_t end;
  BracketState state;
  friend bool operator==(const Answer&, const Answer&) = default;
};

Answer run(BracketKernel kernel, std::string_view text, std::size_t cut) {
  Answer a{kNotEnded, {}};
  a.end = kernel(text.data(), cut, a.state);
  if (a.end != kNotEnded) return a;
  a.end = kernel(text.data() + cut, text.size() - cut, a.state);
  if (a.end != kNotEnded) a.end += cut;
  return a;
}

JsonLimits small_limits() {
  JsonLimits limits;
  limits.max_depth = 32;
  limits.max_nodes = 100'000;
  limits.max_bytes = 1 << 20;
  limits.max_span_bytes = 1 << 18;
  return limits;
}

std::string check_snapshot(const Snapshot& s) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    auto r = s.load(i);
    if (!r) return "a resource that was read could not be loaded: " + r.error().to_string();
    if (r->address != s.entry(i).address) return "a resource was loaded under another address";
    if (!(resource_fingerprint(*r) == s.entry(i).canonical)) return "a loaded resource has another fingerprint";
    if (s.find(s.entry(i).address) != i) return "an address leads to another resource";
  }
  return {};
}

}  // namespace

std::string check_kernels(std::string_view bytes) {
  const BracketKernel vector = bracket_kernel_avx2();
  if (vector == nullptr || bytes.empty()) return {};
  const Answer expected = run(&scan_brackets_scalar, bytes, bytes.size());
  // Every cut of a short text, else some.
  const std::size_t step = bytes.size() / 256 + 1;
  for (std::size_t cut = 0; cut <= bytes.size(); cut += step) {
    if (!(run(&scan_brackets_scalar, bytes, cut) == expected))
      return "the scalar kernel depends on where the text is cut: " + std::to_string(cut);
    if (!(run(vector, bytes, cut) == expected)) return "the kernels differ, cut at " + std::to_string(cut);
  }
  return {};
}

std::string check_read_document(std::string_view bytes) {
  ReadOptions options;
  options.limits = small_limits();
  auto document = read_document(ByteSource::borrow(bytes, "fuzz"), options);
  if (!document) return document.error().message().empty() ? "an error without a message" : "";
  if (!document->desired && !document->recorded) return "a document without a side";
  for (const auto* side : {&document->desired, &document->recorded}) {
    if (!*side) continue;
    if (std::string wrong = check_snapshot(**side); !wrong.empty()) return wrong;
  }
  // Known bytes are taken over without a difference.
  options.known = &document->main();
  auto again = read_document(ByteSource::borrow(bytes, "fuzz"), options);
  if (!again) return "a document could not be read a second time: " + again.error().to_string();
  if (again->main().content_hash() != document->main().content_hash()) return "a document read with itself known was another";
  return {};
}

std::string check_canonical(std::string_view bytes) {
  const JsonLimits limits = small_limits();
  if (bytes.size() > limits.max_span_bytes) return {};
  std::string padded(bytes);
  padded.append(kSpanPadding, '\0');
  const std::string_view text = std::string_view(padded).substr(0, bytes.size());
  SpanParser parser(open_source(ByteSource::borrow(text), {}).value(), limits, {});
  auto exact = parse_json(text, limits);
  auto view = parser.parse({text, 0, 0, true});
  Result<std::string_view> fast = view ? parser.canonical(*view) : Result<std::string_view>(Error(view.error()));
  if (fast.ok() != exact.ok())
    return exact.ok() ? "only the fast way refused: " + fast.error().to_string()
                      : "only the exact way refused: " + exact.error().to_string();
  if (!exact) return fast.error().code() == exact.error().code() ? "" : "the two ways gave different errors";
  std::string expected;
  append_canonical(*exact, expected);
  if (*fast != expected) return "the canonical bytes differ";
  view = parser.parse({text, 0, 0, true});
  auto value = parser.value(*view);
  if (!value || to_json(*value) != to_json(*exact)) return "the values differ";
  return {};
}

}  // namespace fuzz
