#include "provider/hosted/secret_set.hpp"

#include <algorithm>
#include <chrono>

namespace drift::hosted_internal {
namespace {

// A pipe of Linux has 64 KiB, ChildProcess reads as much at once, and a line of it has 1 MiB at most.
constexpr std::uint64_t late_bytes = std::uint64_t{5} << 18U;
constexpr std::chrono::minutes late_time(1);

}  // namespace

void SecretSet::add(const std::vector<std::string>& more) {
  const Texts forms = secret_forms(more);
  const std::lock_guard lock(mutex_);
  for (const std::string& form : forms)
    if (!std::binary_search(all_.begin(), all_.end(), form, LongestFirst())) ++index_.at(form)->second.count;  // for ever
  all_.insert(all_.end(), forms.begin(), forms.end());
  order_secrets(all_);
}

SecretSet::Hold SecretSet::hold(const std::vector<std::string>& secrets) {
  Texts forms = secret_forms(secrets);
  if (forms.empty()) return {};
  const std::lock_guard lock(mutex_);
  forget();
  for (const std::string& form : forms) ++index_.at(form)->second.count;
  return {*this, std::move(forms)};
}

void SecretSet::let_go(const Texts& forms) {
  const std::lock_guard lock(mutex_);
  const Clock::Duration now = clock_->monotonic();
  for (const std::string& form : forms) {
    const SecretIndex::Entry entry = index_.find(form);
    if (--entry->second.count > 0) continue;
    entry->second.gone = ++releases_;
    gone_.push_back({entry, releases_, bytes_, now});
  }
  forget();
}

void SecretSet::forget() {
  const Clock::Duration now = clock_->monotonic();
  for (; !gone_.empty(); gone_.pop_front()) {
    const Gone& oldest = gone_.front();
    if (bytes_ - oldest.bytes <= late_bytes && now - oldest.at <= late_time) return;
    const SecretIndex::Users& users = oldest.entry->second;
    if (users.count == 0 && users.gone == oldest.release) index_.erase(oldest.entry);
  }
}

std::vector<std::string> SecretSet::all() const {
  const std::lock_guard lock(mutex_);
  return all_;
}

std::size_t SecretSet::size() const {
  const std::lock_guard lock(mutex_);
  return index_.size();
}

void SecretSet::hide_in(HiddenText& text) const {
  const std::lock_guard lock(mutex_);
  index_.hide_in(text);
}

std::string SecretSet::mask(std::string_view text) const {
  HiddenText out(text);
  hide_in(out);
  return out.shown();
}

std::string SecretSet::mask_late(std::string_view line) {
  HiddenText out(line);
  hide_late_in(out);
  return out.shown();
}

void SecretSet::hide_late_in(HiddenText& line) {
  const std::lock_guard lock(mutex_);
  index_.hide_in(line);
  bytes_ += line.text().size() + 1;
  forget();
}

}  // namespace drift::hosted_internal
