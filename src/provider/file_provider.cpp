#include "provider/file_provider.hpp"

#include <utility>

#include "base/immortal.hpp"
#include "drift/provider/file.hpp"
#include "provider/file_types.hpp"

namespace drift {
namespace provider_internal {
namespace {

// Made once: they would be most of what the scan of one small document costs.
struct Schemas {
  const Schema local_file = local_file_schema(false);
  const Schema local_sensitive_file = local_file_schema(true);
  const Schema file = native_file_schema();
};

const Schemas& schemas() {
  static const base_internal::Immortal<Schemas> all;
  return *all;
}

class FileProvider final : public Provider {
 public:
  explicit FileProvider(const FileSystem& fs) : fs_(fs) {}

  [[nodiscard]] std::string_view name() const override { return "file"; }
  [[nodiscard]] ProviderCapabilities capabilities() const override { return {.can_list = false, .max_batch = 16, .max_concurrency = 4}; }
  Status configure(const Value& config, const OpContext& ctx) override;
  [[nodiscard]] bool handles(const Resource& r) const override { return r.kind == ResourceKind::managed && schema(r.type) != nullptr; }

  [[nodiscard]] const Schema* schema(std::string_view type) const override {
    if (type == "local_file") return &schemas().local_file;
    if (type == "local_sensitive_file") return &schemas().local_sensitive_file;
    if (type == "file") return &schemas().file;
    return nullptr;
  }

  Status read(std::span<const ReadRequest> batch, const ReadSink& sink, const OpContext& ctx) override {
    FileReads in{fs_, root_, ctx};
    for (std::size_t i = 0; i < batch.size(); ++i) {
      DRIFT_TRY(ctx.check());
      const Resource& r = *batch[i].resource;
      const Schema* known = schema(r.type);
      if (known == nullptr)
        sink(i, ReadOutcome::failed(Error(Errc::read_unsupported, "the file provider does not read this type")));
      else
        sink(i, r.type == "file" ? read_native_file(in, r) : read_local_file(in, r, *known));
    }
    return {};
  }

 private:
  const FileSystem& fs_;
  std::string root_;
};

Status FileProvider::configure(const Value& config, const OpContext& ctx) {
  DRIFT_TRY(ctx.check());
  if (config.is_null()) return {};
  if (!config.is_object())
    return Error(Errc::config_invalid, "the configuration of the file provider is no mapping").at("file").next("write it as `root: DIR`");
  for (const auto& [key, value] : config.as_object())
    if (key != "root")
      return Error(Errc::config_unknown_key, "the file provider does not know this key")
          .at(key)
          .next("did you mean `root`? It is the only one");
  const std::string* root = clear_text(config, "root");
  if (root == nullptr) {
    if (config.as_object().empty()) return {};
    return Error(Errc::config_invalid, "the root of the file provider is no text").at("root").next("give the path of a folder");
  }
  FileStat stat;
  if (root->empty() || root->find('\0') != std::string::npos || fs_.stat(*root, true, stat) != 0 || stat.kind != FileStat::Kind::directory)
    return Error(Errc::config_invalid, "the root of the file provider is no folder that can be seen")
        .at("root")
        .next("give the path of a folder");
  root_ = *root;
  return {};
}

}  // namespace

std::shared_ptr<Provider> make_file_provider_on(const FileSystem& fs) { return std::make_shared<FileProvider>(fs); }

}  // namespace provider_internal

std::shared_ptr<Provider> make_file_provider() { return provider_internal::make_file_provider_on(provider_internal::real_file_system()); }

}  // namespace drift
