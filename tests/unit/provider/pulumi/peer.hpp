// A resource plugin in a thread of the test: what it answers is the test's, method by method, and what it was asked is kept.
#pragma once

#include <doctest/doctest.h>

#include <concepts>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "drift/model/json.hpp"
#include "provider/pulumi/messages.hpp"
#include "provider/pulumi/property.hpp"
#include "provider/pulumi/struct_codec.hpp"
#include "third/digest.hpp"
#include "third/wire.hpp"
#include "unit/plugin/fake_server.hpp"

namespace drift::pulumi_internal::test {

inline Value json(std::string_view text) { return parse_json(text).value(); }

// A property as the bytes of a Struct, with everything kept.
inline std::string struct_of(const Value& property) {
  std::string out;
  REQUIRE(encode_struct(
              property,
              {.keep_unknowns = true, .keep_secrets = true, .keep_references = true, .keep_byte_strings = true, .elide_assets = false}, out)
              .ok());
  return out;
}
template <class Text>
requires std::convertible_to<const Text&, std::string_view> std::string struct_of(const Text& text) { return struct_of(json(text)); }
inline Value decoded(std::string_view bytes) {
  Result<Value> v = decode_struct(bytes, "test");
  if (!v) FAIL(v.error().to_string());
  return *std::move(v);
}

// The length-delimited fields of a message, and its numbers.
struct Fields {
  std::map<std::uint32_t, std::vector<std::string>> texts{};
  std::map<std::uint32_t, std::uint64_t> numbers{};

  explicit Fields(std::string_view bytes) {
    third::read_inner(bytes, [&](third::WireReader& r) {
      if (r.wire_type() == third::WireType::length_delimited)
        texts[r.tag()].emplace_back(third::bytes_of(r));
      else if (r.wire_type() == third::WireType::varint)
        numbers[r.tag()] = r.get_uint64();
      else
        r.skip();
    });
  }
  [[nodiscard]] bool has(std::uint32_t tag) const { return texts.count(tag) != 0; }
  [[nodiscard]] std::string text(std::uint32_t tag) const { return has(tag) ? texts.at(tag).back() : std::string(); }
  [[nodiscard]] std::uint64_t number(std::uint32_t tag) const { return numbers.count(tag) != 0 ? numbers.at(tag) : 0; }
};

// Builds a message field by field.
class Message {
 public:
  Message& text(std::uint32_t tag, std::string_view value) {
    third::WireWriter(bytes_).add_bytes(tag, value.data(), value.size());
    return *this;
  }
  Message& number(std::uint32_t tag, std::uint64_t value) {
    third::WireWriter(bytes_).add_uint64(tag, value);
    return *this;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  operator std::string() const { return bytes_; }  // NOLINT(google-explicit-constructor)

 private:
  std::string bytes_;
};

struct Reply {
  int code = 0;
  std::string message{};
  std::string body{};
  std::string details{};
  bool lost = false;   // no answer: the connection goes
  bool never = false;  // nor does anything else happen
};

inline Reply ok(std::string body = {}) { return {.code = 0, .message = {}, .body = std::move(body)}; }
inline Reply refused(int code, std::string message = "said no") { return {.code = code, .message = std::move(message)}; }
inline Reply refused_with(int code, std::string details) {
  return {.code = code, .message = "said no", .body = {}, .details = std::move(details)};
}
inline Reply never() { return {.code = 0, .message = {}, .body = {}, .details = {}, .lost = false, .never = true}; }
inline Reply lost() { return {.code = 0, .message = {}, .body = {}, .details = {}, .lost = true}; }

using Method = std::function<Reply(std::string_view)>;

// The test sets what the server's thread calls.
class Methods {
 public:
  struct Slot {
    Methods& of;
    std::string name;
    void operator=(Method method) const {  // NOLINT(misc-unconventional-assign-operator): a map's
      const std::lock_guard lock(of.mutex_);
      of.by_name_[name] = std::move(method);
    }
  };
  Slot operator[](std::string name) { return {*this, std::move(name)}; }
  void erase(const std::string& name) {
    const std::lock_guard lock(mutex_);
    by_name_.erase(name);
  }
  [[nodiscard]] Method find(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto at = by_name_.find(name);
    return at == by_name_.end() ? Method() : at->second;
  }

 private:
  mutable std::mutex mutex_{};
  std::map<std::string, Method> by_name_{};
};

class Peer {
 public:
  // What is not in `methods` is unimplemented. Handshake is, with all features, and so are Attach, Configure and Cancel.
  Methods methods{};

  Peer() : server_([this](third::Http2Session& http, const plugin::test::Request& r) { serve(http, r); }, {.tcp = true}) {
    methods["Handshake"] = [](std::string_view) { return ok(Message().number(1, 1).number(2, 1).number(6, 1)); };
    for (const char* name : {"Attach", "Configure", "Cancel"}) methods[name] = [](std::string_view) { return ok(); };
  }

  [[nodiscard]] std::string port() const { return server_.endpoint().host_port.substr(std::string("127.0.0.1:").size()); }
  void cut() { server_.cut(); }
  [[nodiscard]] std::vector<std::string> asked(const std::string& method) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> out;
    for (const auto& [name, message] : calls_)
      if (name == method) out.push_back(message);
    return out;
  }
  [[nodiscard]] Fields last(const std::string& method) const {
    const auto all = asked(method);
    REQUIRE_FALSE(all.empty());
    return Fields(all.back());
  }

 private:
  void serve(third::Http2Session& http, const plugin::test::Request& r) {
    const std::string name = r.path().substr(r.path().rfind('/') + 1);
    {
      const std::lock_guard lock(mutex_);
      calls_.emplace_back(name, r.message());
    }
    const Method method = methods.find(name);
    const Reply reply = method ? method(r.message()) : refused(12, "unimplemented");
    if (reply.lost) return server_.cut();
    if (reply.never) return;
    if (reply.code == 0) return plugin::test::FakeServer::answer(http, r.stream, reply.body);
    const std::string code = std::to_string(reply.code), details = third::base64(reply.details);
    third::Http2Session::Headers headers = {
        {":status", "200"}, {"content-type", "application/grpc"}, {"grpc-status", code}, {"grpc-message", reply.message}};
    if (!reply.details.empty()) headers.push_back({"grpc-status-details-bin", details});
    http.respond(r.stream, headers, true);
  }

  mutable std::mutex mutex_{};
  std::vector<std::pair<std::string, std::string>> calls_{};
  plugin::test::FakeServer server_;
};

// Messages that a provider answers with.
inline std::string read_reply(std::string_view id, const std::string& properties, const std::string* inputs = nullptr) {
  Message m;
  m.text(1, id).text(2, properties);
  if (inputs != nullptr) m.text(3, *inputs);
  return m;
}
inline std::string detail(std::string_view path, unsigned kind, bool input = false) {
  return Message().text(1, path).text(2, Message().number(1, kind).number(2, input ? 1 : 0).bytes());
}
inline std::string diff_reply(unsigned changes, const std::vector<std::string>& details = {}) {
  Message m;
  m.number(4, changes);
  for (const std::string& d : details) m.text(6, d);
  if (!details.empty()) m.number(7, 1);
  return m;
}
inline std::string any_of(std::string_view type, const std::string& value) {
  return Message().text(3, Message().text(1, "type.googleapis.com/" + std::string(type)).text(2, value).bytes());
}

}  // namespace drift::pulumi_internal::test
