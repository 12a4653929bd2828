#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>

#include <cerrno>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "drift/provider/replay.hpp"
#include "drift/state/snapshot_file.hpp"
#include "provider/recording.hpp"
#include "third/digest.hpp"

namespace drift {

using provider_internal::Recording;

struct ReadRecorder::State {
  std::string dir;
  std::mutex mutex;
  std::map<std::string, std::string> lines;  // by address
  std::map<std::string, std::string> lists;  // by provider
  SecretKey given;
  SecretKey key;                // empty until there is something to seal
  std::optional<Error> failed;  // no key could be made: then a secret would be lost, so nothing is written

  // False when there is a secret and no key to seal it with.
  bool find_key(const Resource& r) {
    if (!key.empty() || !provider_internal::holds_plain_secret(r)) return true;
    Result<SecretKey> found = given.empty() ? SecretKey::random() : Result<SecretKey>(given);
    if (found)
      key = *std::move(found);
    else
      failed = std::move(found).error();
    return !failed;
  }
};

ReadRecorder::ReadRecorder(std::string dir, SecretKey key) : s_(std::make_unique<State>()) {
  s_->dir = std::move(dir);
  s_->given = std::move(key);
}
ReadRecorder::~ReadRecorder() = default;

void ReadRecorder::record(const std::string& address, const std::string& provider, const ReadOutcome& outcome) {
  const std::lock_guard lock(s_->mutex);
  if (outcome.is_found() && !s_->find_key(outcome.resource())) return;
  if (outcome.known()) {
    Resource known;
    known.attributes = *outcome.known();
    if (!s_->find_key(known)) return;
  }
  s_->lines[address] = provider_internal::recording_line(address, provider, outcome, s_->key);
}

void ReadRecorder::record_list(const std::string& provider, const std::vector<Resource>& found, const Status& status) {
  const std::lock_guard lock(s_->mutex);
  for (const Resource& r : found)
    if (!s_->find_key(r)) return;
  const provider_internal::RecordedList list{provider, found, status.ok() ? std::nullopt : std::optional<Error>(status.error())};
  s_->lists[provider] = provider_internal::recording_line(list, s_->key);
}

namespace {

Error folder_error(const std::string& what, const std::string& dir, int number) {
  return Error(number == EACCES || number == EPERM ? Errc::permission : Errc::io, what + ": " + std::generic_category().message(number))
      .at(dir)
      .next("give a folder that can be written");
}

Status make_folder(const std::string& dir) {
  std::error_code error;
  const std::filesystem::path path(dir);
  if (const auto there = std::filesystem::status(path, error); std::filesystem::is_directory(there))
    return {};
  else if (std::filesystem::exists(there))
    return Error(Errc::invalid_argument, "the recording needs a folder, and something else has that name")
        .at(dir)
        .next("give another folder");
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (::mkdir(dir.c_str(), 0700) == 0) return {};
  return folder_error("the folder of the recording could not be made", dir, errno);
}

}  // namespace

Status ReadRecorder::prepare() {
  DRIFT_TRY(make_folder(s_->dir));
  if (::access(s_->dir.c_str(), W_OK | X_OK) == 0) return {};
  return folder_error("the folder of the recording cannot be written to", s_->dir, errno);
}

Status ReadRecorder::finish(const Clock& clock) {
  const std::lock_guard lock(s_->mutex);
  if (s_->failed) return *s_->failed;
  DRIFT_TRY(make_folder(s_->dir));
  const std::string key_path = s_->dir + std::string(provider_internal::key_file);
  if (s_->key.empty() || !s_->given.empty()) {
    ::unlink(key_path.c_str());  // of an earlier recording in the same folder
  } else {
    std::string text = third::base64(s_->key.bytes()) + '\n';
    Status written = write_file_atomically(key_path, text, true);
    third::wipe(text);
    DRIFT_TRY(written);
  }
  std::string text = provider_internal::recording_header(format_rfc3339(clock.wall()), s_->key.id()) + '\n';
  for (const auto& [address, line] : s_->lines) text += line + '\n';
  for (const auto& [provider, line] : s_->lists) text += line + '\n';
  return write_file_atomically(s_->dir + std::string(provider_internal::reads_file), text, true);
}

namespace {

// Reads everything, when it is the first of a recording's; lists what the one provider listed that it stands for.
class ReplayProvider final : public Provider {
 public:
  ReplayProvider(std::shared_ptr<const Recording> recording, ProviderRegistry live, std::size_t n)
      : recording_(std::move(recording)), live_(std::move(live)), reads_(n == 0) {
    if (n < recording_->lists.size()) list_ = &recording_->lists[n];
  }

  [[nodiscard]] std::string_view name() const override { return list_ != nullptr ? std::string_view(list_->provider) : "replay"; }
  [[nodiscard]] ProviderCapabilities capabilities() const override {
    const bool cannot = list_ != nullptr && list_->error && list_->error->code() == Errc::read_unsupported;
    return {.can_list = !cannot, .max_batch = 256, .max_concurrency = 256};
  }
  [[nodiscard]] bool handles(const Resource&) const override { return reads_; }

  [[nodiscard]] const Schema* schema(std::string_view type) const override {
    for (const auto& p : live_.all())
      if (const Schema* s = p->schema(type)) return s;
    return nullptr;
  }

  [[nodiscard]] const Schema* schema_of(const Resource& r) const override {
    const Provider* p = live_.find(r);
    return p != nullptr ? p->schema_of(r) : schema(r.type);
  }

  [[nodiscard]] std::string lane(const Resource& r) const override {
    if (const Provider* p = live_.find(r)) return p->lane(r);
    const auto found = recording_->reads.find(r.address);
    return found == recording_->reads.end() ? "replay" : found->second.provider;
  }

  Status read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) override {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      DRIFT_TRY(ctx.check());
      sink(i, read_one(*batch[i].resource));
    }
    return {};
  }

  Status list(const std::vector<std::string>& types, const ListSink& sink, const OpContext&) override {
    if (list_ == nullptr)
      return Error(Errc::replay_miss, "the recording was made without looking for unmanaged resources")
          .next("record again, and look for them");
    for (const Resource& r : list_->found)
      if (types.empty() || std::find(types.begin(), types.end(), r.type) != types.end()) sink(r);
    if (list_->error) return *list_->error;
    return {};
  }

 private:
  [[nodiscard]] ReadOutcome read_one(const Resource& known) const {
    const auto found = recording_->reads.find(known.address);
    if (found == recording_->reads.end())
      return ReadOutcome::failed(
          Error(Errc::replay_miss, "the recording does not have the resource").next("record again, with this resource"));
    ReadOutcome outcome = found->second.outcome;
    if (outcome.is_found() && outcome.resource().id.empty()) outcome.resource().id = known.id;  // left out because it is secret
    return outcome;
  }

  const std::shared_ptr<const Recording> recording_;
  const ProviderRegistry live_;
  const bool reads_;
  const provider_internal::RecordedList* list_ = nullptr;
};

}  // namespace

Result<ProviderRegistry> make_replay_providers(const std::string& dir, const ProviderRegistry& schemas) {
  Result<Recording> read = provider_internal::read_recording(dir);
  if (!read) return std::move(read).error();
  const auto recording = std::make_shared<const Recording>(*std::move(read));
  ProviderRegistry out;
  const std::size_t count = std::max<std::size_t>(recording->lists.size(), 1);
  for (std::size_t n = 0; n < count; ++n) out.add(std::make_shared<ReplayProvider>(recording, schemas, n));
  return out;
}

Result<std::shared_ptr<Provider>> make_replay_provider(const std::string& dir, const ProviderRegistry& schemas) {
  Result<ProviderRegistry> all = make_replay_providers(dir, schemas);
  if (!all) return std::move(all).error();
  return all->all().front();
}

Result<SecretKey> replay_key(const std::string& dir, const SecretKey& given) {
  Result<std::string> id = provider_internal::recording_key_id(dir);
  if (!id) return std::move(id).error();
  if (id->empty()) return SecretKey();
  if (given.id() == *id) return given;
  const std::string path = dir + std::string(provider_internal::key_file);
  Result<std::string> text = provider_internal::read_small_file(path);
  if (!text && text.error().code() == Errc::not_found)
    return Error(Errc::not_found, "the key of the recording was not found")
        .at(path)
        .next(
            "give the baseline that it was recorded with (its key is in the file beside it), or the key itself (`key_file`; DRIFT_KEY_FILE "
            "for the command line)");
  if (!text) return std::move(text).error();
  if (!text->empty() && text->back() == '\n') text->pop_back();
  std::string bytes;
  const bool read = third::base64_decode(*text, bytes);
  SecretKey key(std::move(bytes));
  third::wipe(*text);
  if (!read || key.id() != *id)
    return Error(Errc::bad_structure, "the key does not belong to the recording beside it")
        .at(path)
        .next("restore the key, or record again");
  return key;
}

}  // namespace drift
