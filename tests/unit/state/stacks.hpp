// Helpers for tests of Pulumi stacks: folders, a transport that answers from a list, a clock that does not wait, and secrets that Python's
// hashlib and cryptography sealed (the passphrase is `correct horse`).
#pragma once

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "drift/base/transport.hpp"

namespace stacks {

struct TempDir {
  std::filesystem::path path;
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "drift-stacks-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() { std::filesystem::remove_all(path); }
  // Folders are made as they are needed. The path of the file.
  std::string file(const std::string& name, std::string_view content) const {
    const std::filesystem::path p = path / name;
    std::filesystem::create_directories(p.parent_path());
    std::ofstream(p, std::ios::binary) << content;
    return p.string();
  }
  std::string inside(const std::string& name) const { return (path / name).string(); }
};

// Each sleep lets its time pass at once.
class QuickClock final : public drift::Clock {
 public:
  Duration monotonic() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  Duration wall() const override { return monotonic(); }
  void sleep(Duration d) const override {
    const std::lock_guard lock(mutex_);
    now_ += d;
  }

 private:
  mutable std::mutex mutex_;
  mutable Duration now_{};
};

// Answers one after the other; asked for more, it fails the test.
class Answers final : public drift::Transport {
 public:
  using Answer = drift::Result<drift::HttpResponse>;
  explicit Answers(std::vector<Answer> answers) : answers_(answers.begin(), answers.end()) {}
  Answer send(const drift::HttpRequest& request, const drift::OpContext&) override {
    requests.push_back(request);
    REQUIRE_FALSE(answers_.empty());
    Answer next = std::move(answers_.front());
    answers_.pop_front();
    return next;
  }
  std::vector<drift::HttpRequest> requests;

 private:
  std::deque<Answer> answers_;
};

inline drift::HttpResponse answer(int status, std::string body = {}, std::vector<drift::HttpHeader> headers = {}) {
  return {status, std::move(headers), std::move(body)};
}

// The value of a header of a request; empty when it is not there.
inline std::string header(const drift::HttpRequest& r, std::string_view name) {
  for (const drift::HttpHeader& h : r.headers)
    if (h.name == name) return h.value;
  return {};
}

inline constexpr const char* passphrase = "correct horse";
inline constexpr const char* salt = "v1:AQIDBAUGBwg=:v1:FBUWFxgZGhscHR4f:dueW8hi1TxhXmBhu4ZvxfUqv3/bOcg==";
// "s3cr3t-canary"
inline constexpr const char* sealed_text = "v1:AQEBAQEBAQEBAQEB:QXllAj/l2eujtC4dPi+TsJ3XxZPVG435utvO/qwnpA==";
// {"user":"root","pass":["a","s3cr3t-canary-2"]}
inline constexpr const char* sealed_object =
    "v1:AgICAgICAgICAgIC:5sA2yEgYMeY9MgoRo5kN4qdKizPXqQhWr9qkEzyGFHdOVzd5V1qojL4waHi1n+5jRB5GlX+2U/wKLRyvT2A=";
// 12
inline constexpr const char* sealed_number = "v1:AwMDAwMDAwMDAwMD:AGELWL8K7sES19bh8eZamdiE";
// not json
inline constexpr const char* sealed_garbage = "v1:BQUFBQUFBQUFBQUF:OIh1t1hZTbvKDqAutJp80pY/YT6O8owO";

inline std::string secret(const std::string& ciphertext) {
  return R"({"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","ciphertext":")" + ciphertext + "\"}";
}

// A stack with one resource of these outputs (and inputs), and this `secrets_providers`.
inline std::string checkpoint(const std::string& outputs, const std::string& secrets_providers, const std::string& inputs = "{}") {
  return R"({"version":3,"checkpoint":{"stack":"dev","latest":{"manifest":{"version":"v3.258.0"},"secrets_providers":)" +
         secrets_providers + R"(,"resources":[{"urn":"urn:pulumi:dev::shop::a:b:C::one","custom":true,"type":"a:b:C","id":"1","inputs":)" +
         inputs + ",\"outputs\":" + outputs + "}]}}}";
}

inline std::string with_passphrase() { return std::string(R"({"type":"passphrase","state":{"salt":")") + salt + "\"}}"; }

}  // namespace stacks
