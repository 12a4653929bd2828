#include <utility>

#include "drift/model/json.hpp"
#include "fence.hpp"
#include "options.hpp"
#include "process.hpp"
#include "resource_json.hpp"
#include "snapshot_body.hpp"

namespace drift::capi {
namespace {

constexpr std::size_t resource_v1 = 40;

int32_t kind_number(ResourceKind k) {
  switch (k) {
    case ResourceKind::managed:
      return DRIFT_RESOURCE_MANAGED;
    case ResourceKind::component:
      return DRIFT_RESOURCE_COMPONENT;
    case ResourceKind::provider:
      return DRIFT_RESOURCE_PROVIDER;
  }
  return 0;
}

template <class Make>
int32_t source_of_bytes(const char* bytes, size_t n, const char* name, size_t name_n, drift_source** out_source, drift_error** err,
                        Make&& make) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_source);
        Result<std::string_view> text = text_in(bytes, n, "bytes");
        if (!text) return std::move(text).error();
        Result<std::string_view> named = utf8_in(name, name_n, "name");
        if (!named) return std::move(named).error();
        *out_source = new_handle<drift_source>(DocumentSource(make(*text, named->empty() ? "bytes" : std::string(*named))));
        return DRIFT_OK;
      },
      out_source);
}

drift_snapshot* handle_of(Snapshot s) { return new_handle<drift_snapshot>(std::make_shared<const SnapshotBody>(std::move(s))); }

}  // namespace

const std::string& SnapshotBody::hash() const {
  std::call_once(hash_once_, [this] { hash_ = snapshot_.content_hash(); });
  return hash_;
}

const std::vector<drift_resource_view>& SnapshotBody::rows() const {
  std::call_once(rows_once_, [this] {
    rows_.reserve(snapshot_.size());
    for (std::size_t i = 0; i < snapshot_.size(); ++i) {
      const Snapshot::Entry e = snapshot_.entry(i);
      const std::uint32_t flags =
          (e.pending_delete ? DRIFT_RESOURCE_PENDING_DELETE : 0U) | (e.pending_replacement ? DRIFT_RESOURCE_PENDING_REPLACEMENT : 0U);
      const drift_text address = texts_.add(e.address);
      const drift_text type = texts_.add(e.type);
      rows_.push_back({address, type, kind_number(e.kind), flags});
    }
    for (drift_resource_view& row : rows_) {
      texts_.place(row.address);
      texts_.place(row.type);
    }
  });
  return rows_;
}

Snapshot BuilderBody::build() {
  SnapshotBuilder full = std::exchange(builder_, SnapshotBuilder(Side::actual));
  full.provenance().format = "host";
  full.provenance().source = "a built snapshot";
  return std::move(full).build();
}

}  // namespace drift::capi

using namespace drift;        // NOLINT(google-build-using-namespace)
using namespace drift::capi;  // NOLINT(google-build-using-namespace)

extern "C" {

int32_t drift_source_file(const char* path, size_t n, drift_source** out_source, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_source);
        Result<std::string_view> text = path_in(path, n, "path");
        if (!text) return std::move(text).error();
        if (text->empty()) return Error(Errc::invalid_argument, "the path is empty").at("path").next("give the path of a file");
        *out_source = new_handle<drift_source>(DocumentSource(ByteSource::file(std::string(*text))));
        return DRIFT_OK;
      },
      out_source);
}

int32_t drift_source_bytes(const char* bytes, size_t n, const char* name, size_t name_n, drift_source** out_source, drift_error** err) {
  return source_of_bytes(bytes, n, name, name_n, out_source, err,
                         [](std::string_view text, std::string called) { return ByteSource::bytes(std::string(text), std::move(called)); });
}

int32_t drift_source_borrow(const char* bytes, size_t n, const char* name, size_t name_n, drift_source** out_source, drift_error** err) {
  return source_of_bytes(bytes, n, name, name_n, out_source, err,
                         [](std::string_view text, std::string called) { return ByteSource::borrow(text, std::move(called)); });
}

int32_t drift_source_snapshot(const drift_snapshot* snapshot, drift_source** out_source, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_source);
        DRIFT_CAPI_BODY(body, snapshot);
        *out_source = new_handle<drift_source>(DocumentSource((*body)->snapshot()));
        return DRIFT_OK;
      },
      out_source);
}

int32_t drift_source_host(const char* name, size_t n, drift_source** out_source, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_source);
        Result<std::string_view> text = utf8_in(name, n, "name");
        if (!text) return std::move(text).error();
        if (text->empty()) return Error(Errc::invalid_argument, "the name is empty").at("name").next("name the document that is wanted");
        *out_source = new_handle<drift_source>(HostSource{std::string(*text)});
        return DRIFT_OK;
      },
      out_source);
}

void drift_source_free(drift_source* source) { end_handle(source); }

int32_t drift_snapshot_open(const drift_source* source, const drift_snapshot* known, int64_t timeout_ms, drift_snapshot** out_snapshot,
                            drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_snapshot);
        DRIFT_CAPI_BODY(body, source);
        const auto* document = std::get_if<DocumentSource>(body);
        if (document == nullptr)
          return Error(Errc::invalid_argument, "a host source can only be read in a run").at("source").next("give its bytes");
        ReadOptions options;
        if (known != nullptr) {
          DRIFT_CAPI_BODY(known_body, known);
          options.known = &(*known_body)->snapshot();
        }
        const CallAtWork call;
        DRIFT_TRY(call.check());
        options.context.cancel = call.cancel_token();
        if (timeout_ms > 0) options.context.deadline = Deadline::after(system_clock(), milliseconds_of(timeout_ms));
        Result<Document> read = document->read(options);
        if (!read) return std::move(read).error();
        *out_snapshot = handle_of(read->main());
        return DRIFT_OK;
      },
      out_snapshot);
}

int32_t drift_snapshot_count(const drift_snapshot* s, uint64_t* out_count, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_count);
        DRIFT_CAPI_BODY(body, s);
        *out_count = (*body)->snapshot().size();
        return DRIFT_OK;
      },
      out_count);
}

int32_t drift_snapshot_text(const drift_snapshot* s, int32_t which, const char** p, size_t* n, drift_error** err) {
  text_out({}, p, n);
  return fence(err, [&]() -> Outcome {
    DRIFT_CAPI_BODY(body, s);
    text_out("", p, n);
    const Provenance& from = (*body)->snapshot().provenance();
    if (which == DRIFT_SNAPSHOT_HASH) text_out((*body)->hash(), p, n);
    if (which == DRIFT_SNAPSHOT_FORMAT) text_out(from.format, p, n);
    if (which == DRIFT_SNAPSHOT_SOURCE) text_out(from.source, p, n);
    if (which == DRIFT_SNAPSHOT_ENGINE_VERSION) text_out(from.engine_version, p, n);
    if (which == DRIFT_SNAPSHOT_LINEAGE) text_out(from.lineage, p, n);
    return DRIFT_OK;
  });
}

int32_t drift_snapshot_resources(const drift_snapshot* s, uint64_t first, drift_resource_view* views, size_t stride, size_t cap,
                                 size_t* out_got, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_got);
        DRIFT_CAPI_BODY(body, s);
        return page((*body)->rows(), resource_v1, first, views, stride, cap, out_got);
      },
      out_got);
}

int32_t drift_snapshot_find(const drift_snapshot* s, const char* address, size_t n, uint64_t* out_index, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_index);
        DRIFT_CAPI_BODY(body, s);
        Result<std::string_view> text = text_in(address, n, "address");
        if (!text) return std::move(text).error();
        const std::optional<std::size_t> at = (*body)->snapshot().find(*text);
        if (!at) return DRIFT_END;
        *out_index = *at;
        return DRIFT_OK;
      },
      out_index);
}

int32_t drift_snapshot_resource(const drift_snapshot* s, uint64_t index, drift_blob** out_json, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_json);
        DRIFT_CAPI_BODY(body, s);
        const Snapshot& snapshot = (*body)->snapshot();
        if (index >= snapshot.size())
          return Error(Errc::invalid_argument, "there is no resource of that number").at("index").next("see drift_snapshot_count()");
        Result<Resource> r = snapshot.load(static_cast<std::size_t>(index));
        if (!r) return std::move(r).error();
        *out_json = new_handle<drift_blob>(to_json(resource_to_value(*r)));
        return DRIFT_OK;
      },
      out_json);
}

void drift_snapshot_free(drift_snapshot* s) { end_handle(s); }

int32_t drift_builder_new(drift_builder** out_builder, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_builder);
        *out_builder = new_handle<drift_builder>(std::make_unique<BuilderBody>());
        return DRIFT_OK;
      },
      out_builder);
}

int32_t drift_builder_add(drift_builder* b, const char* json, size_t n, drift_error** err) {
  return fence(err, [&]() -> Outcome {
    DRIFT_CAPI_BODY(body, b);
    Result<std::string_view> text = text_in(json, n, "json");
    if (!text) return std::move(text).error();
    Result<Resource> r = resource_from_json(*text);
    if (!r) return std::move(r).error();
    return (*body)->add(*std::move(r));
  });
}

int32_t drift_builder_build(drift_builder* b, drift_snapshot** out_snapshot, drift_error** err) {
  return fence(
      err,
      [&]() -> Outcome {
        DRIFT_CAPI_OUT(out_snapshot);
        DRIFT_CAPI_BODY(body, b);
        *out_snapshot = handle_of((*body)->build());
        return DRIFT_OK;
      },
      out_snapshot);
}

void drift_builder_free(drift_builder* b) { end_handle(b); }

}  // extern "C"
