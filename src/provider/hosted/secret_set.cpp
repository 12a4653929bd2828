#include "provider/hosted/secret_set.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace drift::hosted_internal {
namespace {

// A pipe of Linux has 64 KiB, ChildProcess reads as much at once, and a line of it has 1 MiB at most.
constexpr std::uint64_t late_bytes = std::uint64_t{5} << 18U;

}  // namespace

void SecretSet::add(const std::vector<std::string>& more) {
  const Texts forms = secret_forms(more);
  const std::lock_guard lock(mutex_);
  all_.insert(all_.end(), forms.begin(), forms.end());
  order_secrets(all_);
  known_.reset();
}

SecretSet::Hold SecretSet::hold(const std::vector<std::string>& secrets) {
  Texts forms = secret_forms(secrets);
  if (forms.empty()) return {};
  const std::lock_guard lock(mutex_);
  for (const std::string& form : forms) {
    const auto [at, is_new] = held_.try_emplace(form);
    ++at->second.count;
    if (is_new) known_.reset();
  }
  return {*this, std::move(forms)};
}

void SecretSet::let_go(const Texts& forms) {
  const std::lock_guard lock(mutex_);
  for (const std::string& form : forms) {
    Held& held = held_.find(form)->second;
    --held.count;
    held.gone_at = bytes_;
  }
}

std::vector<std::string> SecretSet::all() const {
  const std::lock_guard lock(mutex_);
  return all_;
}

std::shared_ptr<const std::vector<std::string>> SecretSet::known() const {
  const std::lock_guard lock(mutex_);
  if (known_) return known_;
  Texts both = all_;
  for (const auto& [form, held] : held_) both.push_back(form);
  std::inplace_merge(both.begin(), both.begin() + static_cast<std::ptrdiff_t>(all_.size()), both.end(), LongestFirst());
  return known_ = std::make_shared<const Texts>(std::move(both));
}

std::string SecretSet::mask_late(std::string_view line) {
  std::string out = mask(line);
  const std::lock_guard lock(mutex_);
  bytes_ += line.size() + 1;
  if (bytes_ < sweep_at_) return out;
  sweep_at_ = bytes_ + late_bytes / 4;
  const auto is_over = [&](const auto& entry) { return entry.second.count == 0 && bytes_ - entry.second.gone_at > late_bytes; };
  if (std::erase_if(held_, is_over) > 0) known_.reset();
  return out;
}

}  // namespace drift::hosted_internal
