#include "provider/terraform/hcl.hpp"

#include <doctest/doctest.h>

using namespace drift;                      // NOLINT(google-build-using-namespace)
using namespace drift::terraform_internal;  // NOLINT(google-build-using-namespace)

namespace {

std::string said(const HclValue& v) {
  std::string out;
  switch (v.kind) {
    case HclValue::Kind::null:
      return "null";
    case HclValue::Kind::boolean:
    case HclValue::Kind::number:
      return v.text;
    case HclValue::Kind::string:
      return '\'' + v.text + '\'';
    case HclValue::Kind::list:
      for (const HclValue& i : v.items) out += (out.empty() ? "" : ",") + said(i);
      return '[' + out + ']';
    case HclValue::Kind::object:
      for (const HclAttribute& m : v.members) out += (out.empty() ? "" : ",") + m.name + '=' + said(m.value);
      return '{' + out + '}';
  }
  return "?";
}

std::string said(const HclBody& body) {
  std::string out;
  for (const HclAttribute& a : body.attributes) out += a.name + '=' + said(a.value) + ';';
  for (const HclBlock& b : body.blocks) {
    out += b.type;
    for (const std::string& l : b.labels) out += '\'' + l + '\'';
    out += '(' + said(b.body) + ')';
  }
  return out;
}

std::string parsed(std::string_view text, HclDialect dialect = HclDialect::strict, const std::vector<std::string_view>& keep = {}) {
  const Result<HclBody> body = parse_hcl(text, dialect, keep);
  return body ? said(*body) : "error: " + std::string(body.error().name()) + " " + body.error().message();
}

std::string fault(std::string_view text, HclDialect dialect = HclDialect::strict) {
  const Result<HclBody> body = parse_hcl(text, dialect);
  if (body.ok()) return "none";
  const TextPosition at = body.error().where().value();
  return std::string(body.error().name()) + ' ' + std::to_string(at.line) + ':' + std::to_string(at.column);
}

}  // namespace

TEST_CASE("hcl: blocks, attributes, values and comments") {
  CHECK(parsed("") == "");
  CHECK(parsed("# a\n// b\n/* c\n d */\na = 1 # e\n") == "a=1;");
  CHECK(parsed("b \"x\" \"y\" {\n  v = \"1.2\"\n  l = [\n    \"a\", # one\n    \"b\",\n  ]\n}\n") == "b'x''y'(v='1.2';l=['a','b'];)");
  CHECK(parsed("a = true\nb = null\nc = -1.5e3\nd = {x = 1, \"y\" = [2]}\ne = {\n  f = 1\n  g = 2\n}") ==
        "a=true;b=null;c=-1.5e3;d={x=1,y=[2]};e={f=1,g=2};");
  CHECK(parsed("a {}\nb { c = 1 }\r\n\r\nd {\r\n}\r\n") == "a()b(c=1;)d()");
  CHECK(parsed("\xef\xbb\xbf"
               "a=1") == "a=1;");
}

TEST_CASE("hcl: strings mean what they say") {
  CHECK(parsed(R"(a = "x\n\t\"\\ \u00e9 \U0001F600 $${b} %%{c} $5 100%")") == "a='x\n\t\"\\ \u00e9 \U0001F600 ${b} %{c} $5 100%';");
  CHECK(parsed(R"(a = "/x#y//z/*")") == "a='/x#y//z/*';");
  CHECK(fault(R"(a = "${b}")") == "E_UNSUPPORTED_FEATURE 1:6");
  CHECK(fault(R"(a = "%{ if x }")") == "E_UNSUPPORTED_FEATURE 1:6");
  CHECK(fault(R"(a = "\q")") == "E_PARSE 1:7");
  CHECK(fault(R"(a = "\ud800")") == "E_PARSE 1:12");
  CHECK(fault(R"(a = "\u0000")") == "E_PARSE 1:12");
  CHECK(fault("a = \"b\nc\"") == "E_PARSE 1:7");
  CHECK(fault("a = \"b") == "E_TRUNCATED 1:7");
  CHECK(fault("a = \"b\\") == "E_TRUNCATED 1:8");
}

TEST_CASE("hcl: what is not read is an error with its place, and never with a value") {
  CHECK(fault("\n  a = <<E\nx\nE\n") == "E_UNSUPPORTED_FEATURE 2:7");
  CHECK(fault("a = b.c") == "E_UNSUPPORTED_FEATURE 1:5");
  CHECK(fault("a = 1 + 2") == "E_PARSE 1:7");
  CHECK(fault("a = 1 b = 2") == "E_PARSE 1:7");
  CHECK(fault("a = 1\na = 2") == "E_DUPLICATE_KEY 2:1");
  CHECK(fault("a {\n  b = 1\n") == "E_TRUNCATED 3:1");
  CHECK(fault("a = [1 2]") == "E_PARSE 1:8");
  CHECK(fault("a = [1,") == "E_TRUNCATED 1:8");
  CHECK(fault("a") == "E_TRUNCATED 1:2");
  CHECK(fault("/* a") == "E_TRUNCATED 1:1");
  CHECK(fault("\"a\" = 1") == "E_PARSE 1:1");
  CHECK(fault("}") == "E_PARSE 1:1");
  CHECK(fault("a = " + std::string(100, '[')) == "E_DEPTH_LIMIT 1:37");
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "a {\n";
  CHECK(fault(deep).starts_with("E_DEPTH_LIMIT"));
  CHECK(fault(std::string((std::size_t{4} << 20) + 1, ' ')) == "E_BYTE_LIMIT 1:1");
  CHECK(parsed("password = \"hunter2\" x").find("hunter2") == std::string::npos);
}

TEST_CASE("hcl: the dialect of CLI configurations takes more") {
  const auto cli = HclDialect::cli;
  CHECK(parsed("p { d { \"hashicorp/aws\" = \"/x\" \"a/b\" = \"/y\" } }", cli) == "p(d(hashicorp/aws='/x';a/b='/y';))");
  CHECK(parsed("a = \"${HOME}/x\"\nb {\n c = 1, d = 2 }", cli) == "a='${HOME}/x';b(c=1;d=2;)");
  CHECK(parsed("a = 1 b = 2", cli) == "a=1;b=2;");
}

TEST_CASE("hcl: JSON in place of it") {
  const auto cli = HclDialect::cli;
  CHECK(parsed(R"({"a": "x\/y\u00e9\ud83d\ude00", "p": {"m": [{"path": "/1"}, {"path": "/2"}], "d": {}, "l": ["x"], "n": []}, "z": null})",
               cli) == "a='x/y\u00e9\U0001F600';z=null;p(l=['x'];n=[];m(path='/1';)m(path='/2';)d())");
  CHECK(fault(R"({"a": 1,})", cli) == "E_PARSE 1:9");
  CHECK(fault(R"({"a": [1,]})", cli) == "E_PARSE 1:10");
  CHECK(fault(R"({"a" = 1})", cli) == "E_PARSE 1:6");
  CHECK(fault(R"({a: 1})", cli) == "E_PARSE 1:2");
  CHECK(fault("{} x", cli) == "E_TRAILING_BYTES 1:4");
  CHECK(fault("{ # c\n}", cli) == "E_PARSE 1:3");
  CHECK(fault("{", HclDialect::strict) == "E_PARSE 1:1");
}

TEST_CASE("hcl: what is not asked for is not stored") {
  const auto cli = HclDialect::cli;
  const std::vector<std::string_view> keep{"p"};
  CHECK(parsed("p {\n a = 1\n}\ncredentials \"host\" {\n  token = \"hunter2\"\n}\nq = [\"hunter2\", {r = \"hunter2\"}, true]", cli, keep) ==
        "p(a=1;)");
  CHECK(parsed(R"({"p": {"a": 1}, "credentials": {"host": {"token": "hunter2"}}})", cli, keep) == "p(a=1;)");
  CHECK(parsed("credentials \"host\" {\n  token = <<E\n}", cli, keep).starts_with("error: "));
}
