#include "engine/lineage.hpp"

namespace drift::engine_internal {
namespace {

// "urn:pulumi:STACK::PROJECT::TYPE::NAME": what comes before the type.
std::string stack_of(std::string_view urn) {
  constexpr std::string_view begin = "urn:pulumi:";
  if (!urn.starts_with(begin)) return {};
  const std::size_t stack = urn.find("::", begin.size());
  if (stack == std::string_view::npos) return {};
  const std::size_t project = urn.find("::", stack + 2);
  return project == std::string_view::npos ? std::string() : std::string(urn.substr(0, project));
}

}  // namespace

std::string lineage_of(const Snapshot& s) {
  const Provenance& p = s.provenance();
  if (!p.lineage.empty() || !p.format.starts_with("pulumi-") || s.empty()) return p.lineage;
  return stack_of(s.entry(0).address);
}

Status check_lineage(std::string_view of_baseline, std::string_view of_state, const std::string& name) {
  if (of_baseline.empty() || of_state.empty() || of_baseline == of_state) return {};
  return Error(Errc::config_invalid, "the baseline was accepted for another state: the lineages differ")
      .at(name)
      .next("give the state that it was accepted for, or a `baseline` of its own");
}

}  // namespace drift::engine_internal
