#include "drift/base/error.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using drift::Errc;
using drift::Error;

TEST_CASE("every code has a name of its own in the E_ style") {
  std::set<std::string> names;
  int known = 0;
  for (int code = 0; code < 1000; ++code) {
    const std::string name(drift::errc_name(static_cast<Errc>(code)));
    CHECK(name.substr(0, 2) == "E_");
    if (name == "E_UNKNOWN") continue;
    ++known;
    CHECK_MESSAGE(names.insert(name).second, name);
  }
  CHECK(known == 40);
  for (const std::string& name : names)
    if (name != "E_UNKNOWN") CHECK(drift::errc_name(*drift::errc_from_name(name)) == name);
  CHECK(!drift::errc_from_name("E_UNKNOWN"));
  CHECK(!drift::errc_from_name("E_NO_SUCH_THING"));
  CHECK(drift::errc_name(Errc::parse) == "E_PARSE");
  CHECK(drift::errc_name(Errc::bad_utf8) == "E_BAD_UTF8");
  CHECK(drift::errc_name(Errc::changed_while_reading) == "E_CHANGED_WHILE_READING");
  CHECK(drift::errc_name(static_cast<Errc>(299)) == "E_UNKNOWN");
}

TEST_CASE("an error reads as one line: subject, position, message, code, contexts from the inside out") {
  Error e = Error(Errc::duplicate_key, "a key was given twice").at("prod.tfstate").position({.line = 3, .column = 7, .byte = 41});
  CHECK(e.to_string() == "prod.tfstate: line 3, column 7 (byte 41): a key was given twice [E_DUPLICATE_KEY]");
  e.add_context("while reading a resource");
  e.add_context("while scanning");
  CHECK(e.to_string() ==
        "prod.tfstate: line 3, column 7 (byte 41): a key was given twice [E_DUPLICATE_KEY] (while reading a resource; while scanning)");
  CHECK(Error(Errc::io, "the disk was full").to_string() == "the disk was full [E_IO]");
}

TEST_CASE("a file name cannot break the line or reach the terminal") {
  const Error e = Error(Errc::not_found, "was not found").at("a\nb\x1b[31m").in("while\treading");
  CHECK(e.to_string() == "a\\x0ab\\x1b[31m: was not found [E_NOT_FOUND] (while\\x09reading)");
  CHECK(e.subject() == "a\nb\x1b[31m");
}

TEST_CASE("builders set what they say and nothing else") {
  const Error plain(Errc::io, "m");
  CHECK_FALSE(plain.is_retryable());
  CHECK_FALSE(plain.is_fatal());
  CHECK_FALSE(plain.where().has_value());
  const Error e = Error(Errc::read_throttled, "m").retryable().next("wait").in("inner").in("outer");
  CHECK(e.is_retryable());
  CHECK_FALSE(e.is_fatal());
  CHECK(e.next_step() == "wait");
  CHECK(e.contexts() == std::vector<std::string>{"inner", "outer"});
  CHECK(Error(Errc::io, "m").fatal().is_fatal());
  CHECK_FALSE(Error(Errc::io, "m").retryable().retryable(false).is_retryable());
  CHECK(Error(Errc::read_throttled, "m").is_retryable());
  CHECK(Error(Errc::read_timeout, "m").is_retryable());
  CHECK_FALSE(Error(Errc::read_timeout, "m").retryable(false).is_retryable());
}
