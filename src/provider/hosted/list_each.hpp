// Lists provider by provider, and type by type what a provider has. Each type is a turn of its own: between two of them comes in who wants
// to be alone with the process, and it is replaced where a read would have it replaced.
//
// A process of which a list heard nothing hangs, and the next type is asked of another one. Two lists in a row that were given up, of
// whatever types, are not the types' fault: the provider's others are left, or sixty of them would be sixty times five minutes.
//
// Thread rule: any. Ownership: borrows all that it is given.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drift/provider/provider.hpp"
#include "provider/hosted/gate.hpp"

namespace drift::hosted_internal {

// How the list of one type ended.
struct ListEnd {
  std::optional<Error> wrong{};  // none: all is well, or it cannot be listed
  bool lost = false;             // the process is gone
  bool silent = false;           // nothing came any more
  bool late = false;             // it took too long as a whole
};

// `instance`: a Lifecycle with session(ctx) and display(). `one(session, type)` gives a ListEnd. What is wrong with one type is a warning
// of the context's (provider_warning), and the next one follows. Errors: the session's, a process that was lost, the context's end.
template <class Instance, class One>
Status list_each(Instance& instance, const std::vector<std::string>& types, const One& one, const OpContext& ctx) {
  constexpr std::size_t most_given_up = 2;
  const auto warn = [&](const std::string& text) { ctx.tell(LogLevel::warning, provider_warning, {}, instance.display() + ": " + text); };
  std::size_t given_up = 0;  // in a row
  for (std::size_t i = 0; i < types.size(); ++i) {
    const Result<Gate::Pass> inside = instance.gate().enter(ctx);
    if (!inside) return inside.error();
    const auto session = instance.session(ctx);
    if (!session) return session.error();
    const ListEnd end = one(*session, types[i]);
    DRIFT_TRY(ctx.check());
    given_up = end.silent || end.late ? given_up + 1 : 0;
    if (!end.wrong) continue;
    if (end.lost) {
      instance.crashed(*session->process);
      return Error(*end.wrong).in("while listing " + types[i]);
    }
    warn("not all of " + types[i] + " could be listed: " + one_line(end.wrong->to_string()));
    if (end.silent) instance.replace(*session->process);
    const std::size_t left = types.size() - i - 1;
    if (given_up < most_given_up || left == 0) continue;
    warn("two lists in a row were given up: the " + std::to_string(left) + " types that are left were not listed");
    return {};
  }
  return {};
}

// Lists what each of `providers` has: `one(provider)` gives a Status. What one of them fails in is no reason not to ask the others: the
// first error is the result, those after it are warnings. The context's end is an error at once.
template <class Providers, class One>
Status list_each_provider(const Providers& providers, const One& one, const OpContext& ctx) {
  std::optional<Error> first;
  for (const auto& provider : providers) {
    Status listed = one(provider);
    DRIFT_TRY(ctx.check());
    if (listed.ok()) continue;
    if (first) ctx.tell(LogLevel::warning, provider_warning, {}, listed.error().to_string());
    if (!first) first = std::move(listed).error();
  }
  return first ? Status(*std::move(first)) : Status();
}

}  // namespace drift::hosted_internal
