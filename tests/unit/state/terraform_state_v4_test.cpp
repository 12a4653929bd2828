#include "state/terraform_state_v4.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "state/reader_internal.hpp"

using namespace drift;
using namespace drift::state_internal;
namespace fs = std::filesystem;

namespace {

std::string state(const std::string& resources, const std::string& version = "4") {
  return R"({"version":)" + version +
         R"(,"terraform_version":"1.9.0","serial":7,"lineage":"abc","outputs":{"o":{"value":1}},"resources":[)" + resources + "]}";
}

std::string block(const std::string& instances, const std::string& name = "n", const std::string& more = "") {
  return R"({"mode":"managed","type":"t","name":")" + name + R"(","provider":"p",)" + more + R"("instances":[)" + instances + "]}";
}

Result<Document> read(const std::string& text, const ReadOptions& options = {}) {
  return read_terraform_v4(ByteSource::bytes(text, "test.tfstate"), options);
}

Snapshot snapshot_of(const std::string& text, const ReadOptions& options = {}) {
  auto d = read(text, options);
  if (!d) FAIL(d.error().to_string());
  return *d->recorded;
}

std::vector<std::string> addresses(const Snapshot& s) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < s.size(); ++i) out.emplace_back(s.entry(i).address);
  return out;
}

Resource load(const Snapshot& s, std::size_t i) {
  auto r = s.load(i);
  if (!r) FAIL(r.error().to_string());
  return *r;
}

Error fault_of(const std::string& text) {
  auto d = read(text);
  REQUIRE_FALSE(d.ok());
  CHECK(d.error().where().has_value());
  CHECK(d.error().to_string().find("SECRET") == std::string::npos);  // errors never hold values
  return d.error();
}

}  // namespace

TEST_CASE("provenance is taken from the root, in any order of members") {
  const Snapshot s = snapshot_of(
      R"({"resources":[],"lineage":"l","serial":18446744073709551615,"check_results":null,"terraform_version":"1.9.0","version":4})");
  CHECK(s.empty());
  CHECK(s.side() == Side::recorded);
  CHECK(s.provenance().format == "terraform-state-v4");
  CHECK(s.provenance().source == "test.tfstate");
  CHECK(s.provenance().engine_version == "1.9.0");
  CHECK(s.provenance().lineage == "l");
  CHECK(s.provenance().serial == 18446744073709551615U);
}

TEST_CASE("states without resources are fine, but they say so") {
  CHECK(fault_of(R"({"version":4,"terraform_version":"1.5","serial":1,"lineage":"x"})").code() == Errc::bad_structure);
  CHECK(snapshot_of(R"({"version":4,"resources":null})").empty());
  CHECK(snapshot_of(state("")).empty());
  CHECK(snapshot_of(state(R"({"mode":"managed","type":"t","name":"n"})")).empty());
  CHECK(snapshot_of(state(R"({"mode":"managed","type":"t","name":"n","instances":null})")).empty());
}

TEST_CASE("modules, count, for_each and deposed objects make the address") {
  const Snapshot s = snapshot_of(
      state(block(R"({"attributes":{"id":"1"}})") + "," +
            block(R"({"index_key":0,"attributes":{}},{"index_key":1,"attributes":{}},{"index_key":1,"deposed":"1a2b3c4d","attributes":{}})",
                  "counted") +
            "," + block(R"({"index_key":"a\"b","attributes":{}})", "each", R"("module":"module.m[\"x\"]","each":"map",)")));
  CHECK(addresses(s) == std::vector<std::string>{"t.n", "t.counted[0]", "t.counted[1]", "t.counted[1] (deposed 1a2b3c4d)",
                                                 R"(module.m["x"].t.each["a\"b"])"});
  CHECK_FALSE(s.entry(2).pending_delete);
  CHECK(s.entry(3).pending_delete);
  const Resource deposed = load(s, 3);
  CHECK(deposed.pending_delete);
  CHECK(deposed.deposed_key == "1a2b3c4d");
  CHECK(deposed.address == "t.counted[1] (deposed 1a2b3c4d)");
}

TEST_CASE("a resource has all that the instance says") {
  const Snapshot s = snapshot_of(state(block(
      R"({"status":"tainted","schema_version":3,"private":"c2VjcmV0","attributes":{"id":"i-1","password":"SECRET","n":1.50,"big":123456789012345678901234567890,"list":[{"token":"SECRET"}]},)"
      R"("sensitive_attributes":[[{"type":"get_attr","value":"password"}],[{"type":"get_attr","value":"list"},{"type":"index","value":{"value":0,"type":"number"}},{"type":"get_attr","value":"token"}],[{"type":"get_attr","value":"gone"}]],)"
      R"("dependencies":["t.a","t.b"],"depends_on":["t.c"],"identity":{"id":"i-1"},"identity_schema_version":2,"create_before_destroy":true,"skip_destroy":false,"provider":"p.other"})")));
  const Resource r = load(s, 0);
  CHECK(r.type == "t");
  CHECK(r.id == "i-1");
  CHECK(r.provider == "p.other");
  CHECK(r.tainted);
  CHECK(r.schema_version == 3);
  CHECK(r.private_data == "c2VjcmV0");
  CHECK(r.dependencies == std::vector<std::string>{"t.a", "t.b", "t.c"});
  REQUIRE(r.identity);
  CHECK(r.identity->string_or("id") == "i-1");
  CHECK(r.identity_schema_version == 2);
  CHECK(r.attributes.find("password")->secret() == Secret::plain);
  CHECK(r.attributes.find("list")->as_list()[0].find("token")->secret() == Secret::plain);
  CHECK_FALSE(r.attributes.find("id")->is_secret());
  CHECK(r.attributes.find("n")->as_number().text() == "1.50");
  CHECK(r.attributes.find("big")->as_number().text() == "123456789012345678901234567890");
}

TEST_CASE("sensitive paths go through to dynamic values, which are written with their type") {
  const auto get = [](const char* name) { return R"({"type":"get_attr","value":")" + std::string(name) + R"("})"; };
  const std::string index = R"({"type":"index","value":{"value":0,"type":"number"}})";
  const Resource r = load(
      snapshot_of(state(block(
          R"({"attributes":{"any":{"value":{"password":"SECRET","keys":[{"pass":"SECRET"}],"in":{"value":"SECRET","type":"string"}},"type":["object",{}]},)"
          R"("own":{"value":"SECRET","type":"a type of its own"},"whole":{"value":["SECRET"],"type":["list","string"]}},"sensitive_attributes":[)"
          "[" +
          get("any") + "," + get("password") + "],[" + get("any") + "," + get("keys") + "," + index + "," + get("pass") + "],[" +
          get("any") + "," + get("in") + "],[" + get("own") + "," + get("value") + "],[" + get("whole") + "," + index + "]]}"))),
      0);
  const Value& any = *r.attributes.find("any")->find("value");
  CHECK(any.find("password")->secret() == Secret::plain);
  CHECK(any.find("keys")->as_list()[0].find("pass")->secret() == Secret::plain);
  CHECK(any.find("in")->secret() == Secret::plain);
  CHECK(r.attributes.find("own")->find("value")->secret() == Secret::plain);
  CHECK_FALSE(r.attributes.find("own")->find("type")->is_secret());
  CHECK(r.attributes.find("whole")->find("value")->as_list()[0].secret() == Secret::plain);
}

TEST_CASE("the fingerprint of an entry is that of the loaded resource") {
  const Snapshot s = snapshot_of(state(block(R"({"index_key":0,"attributes":{"z":[1.0,1e400],"id":"x","a":{"q":null,"b":true}}},)"
                                             R"({"index_key":1,"status":"tainted","attributes":{"id":7}},)"
                                             R"({"index_key":2,"attributes":null},{"index_key":3},)"
                                             R"({"index_key":4,"attributes_flat":{"id":"f","l.#":"2","l.0":"a","l.1":"b"}})")));
  REQUIRE(s.size() == 5);
  for (std::size_t i = 0; i < s.size(); ++i) CHECK(resource_fingerprint(load(s, i)) == s.entry(i).canonical);
  CHECK(load(s, 1).id.empty());  // no string
  CHECK(load(s, 2).attributes.is_object());
  CHECK(load(s, 4).attributes.find("l")->as_list().size() == 2);
}

TEST_CASE("order of members, white space and number form do not change the fingerprint") {
  const Snapshot a = snapshot_of(state(block(R"({"attributes":{"id":"x","n":100,"o":{"a":1,"b":2}}})")));
  const Snapshot b = snapshot_of(
      R"({"resources": [ {"instances":[{"attributes": {"o":{"b":2.0,"a":10e-1},"n":1e2,"id":"\u0078"} }],"name":"n","type":"t","mode":"managed"}],"version":4})");
  const Snapshot c = snapshot_of(state(block(R"({"attributes":{"id":"x","n":100,"o":{"a":1,"b":3}}})")));
  CHECK(a.entry(0).canonical == b.entry(0).canonical);
  CHECK(a.content_hash() == b.content_hash());
  CHECK_FALSE(a.entry(0).canonical == c.entry(0).canonical);
}

TEST_CASE("data resources are skipped and counted") {
  const Snapshot s = snapshot_of(
      state(R"({"mode":"data","type":"t","name":"d","instances":[{"attributes":{}},{"attributes":{}}]},)" + block(R"({"attributes":{}})")));
  CHECK(addresses(s) == std::vector<std::string>{"t.n"});
  REQUIRE(s.notes().size() == 1);
  CHECK(s.notes()[0].code == "data_skipped");
  CHECK(s.notes()[0].message.substr(0, 2) == "2 ");
}

TEST_CASE("wrong shapes are refused with their place") {
  const auto code_of_block = [](const std::string& b) { return fault_of(state(b)).code(); };
  for (const char* b : {"1", "null", "[]", R"({"type":"t","name":"n","instances":[]})", R"({"mode":"other","type":"t","name":"n"})",
                        R"({"mode":"managed","name":"n"})", R"({"mode":"managed","type":"t"})", R"({"mode":"managed","type":1,"name":"n"})",
                        R"({"mode":"managed","type":"t","name":"n","instances":{}})"}) {
    CAPTURE(b);
    CHECK(code_of_block(b) == Errc::bad_structure);
  }
  for (const char* i : {"1", "null", R"({"attributes":["SECRET"]})", R"({"attributes":"SECRET"})", R"({"index_key":1.5})",
                        R"({"index_key":true})", R"({"index_key":99999999999999999999})", R"({"deposed":1})", R"({"private":{}})",
                        R"({"schema_version":-1})", R"({"dependencies":"t.a"})", R"({"dependencies":[1]})",
                        R"({"sensitive_attributes":{}})", R"({"attributes_flat":{"a":["SECRET"]}})", R"({"provider":1})"}) {
    CAPTURE(i);
    CHECK(code_of_block(block(i)) == Errc::bad_structure);
  }
  CHECK(code_of_block(block(R"({"status":"odd"})")) == Errc::unsupported_feature);
  CHECK(fault_of(R"({"version":4,"resources":{}})").code() == Errc::bad_structure);
  CHECK(fault_of(R"({"version":4,"lineage":1})").code() == Errc::bad_structure);
  CHECK(fault_of(R"({"version":4,"serial":18446744073709551616})").code() == Errc::bad_structure);
  CHECK(fault_of(R"({"version":4,"serial":-1})").code() == Errc::bad_structure);
  CHECK(fault_of(R"({"resources":[]})").code() == Errc::bad_structure);
  for (const char* member : {"encrypted_data", "encryption_version"}) {
    const Error e = fault_of(R"({"version":4,"resources":[],")" + std::string(member) + R"(":"SECRET"})");
    CHECK(e.code() == Errc::encrypted_state);
    CHECK(e.where()->byte == 28);
  }
  const Error version = fault_of(state("", "5"));
  CHECK(version.code() == Errc::unsupported_version);
  CHECK_FALSE(version.next_step().empty());
}

TEST_CASE("the same address twice is an error that names it") {
  const Error e = fault_of(state(block(R"({"attributes":{}})") + "," + block(R"({"attributes":{"id":"2"}})")));
  CHECK(e.code() == Errc::duplicate_address);
  CHECK(e.subject() == "t.n");
}

TEST_CASE("the same member name twice is an error at every level, at its place") {
  const std::vector<std::string> twice = {R"({"version":4,"version":4})",
                                          R"({"version":4,"outputs":{"a":1,"a":2}})",
                                          R"({"version":4,"check_results":[{"a":{"b":1,"b":1}}]})",
                                          state(R"({"mode":"managed","mode":"managed","type":"t","name":"n","instances":[]})"),
                                          state(R"({"mode":"managed","type":"t","name":"n","instances":[],"x":{"y":1,"y":1}})"),
                                          state(R"({"mode":"data","type":"t","name":"n","instances":[{"attributes":{"a":1,"a":1}}]})"),
                                          state(block(R"({"attributes":{},"attributes":{}})")),
                                          state(block(R"({"attributes":{"a":1,"a":1}})")),
                                          state(block(R"({"attributes":{"a":[{"deep":{"x":1,"\u0078":2}}]}})")),
                                          state(block(R"({"attributes":{},"identity":{"a":1,"a":1}})")),
                                          state(block(R"({"attributes_flat":{"a":"1","a":"1"}})")),
                                          state(block(R"({"sensitive_attributes":[[{"type":"get_attr","type":"get_attr"}]]})"))};
  for (const std::string& text : twice) {
    CAPTURE(text);
    CHECK(fault_of(text).code() == Errc::duplicate_key);
  }
  const Error e = fault_of(
      "{\"version\":4,\"resources\":[\n{\"mode\":\"managed\",\"type\":\"t\",\"name\":\"n\",\"instances\":[\n{\"a\":1,\"a\":2}]}]}");
  CHECK(e.where()->line == 3);
  CHECK(e.where()->column == 8);
}

TEST_CASE("a small state cut at any byte is truncated, never read") {
  const std::string text = state(block(R"({"index_key":"k","attributes":{"id":"x","n":-1.5e3,"t":[true,null,"\u00e4"]},"private":"x"})") +
                                 "," + R"({"mode":"data","type":"t","name":"d","instances":[{"attributes":{}}]})");
  REQUIRE(read(text).ok());
  for (std::size_t n = 0; n < text.size(); ++n) {
    CAPTURE(n);
    CHECK(fault_of(text.substr(0, n)).code() == Errc::truncated);
    const std::string padded = text.substr(0, n) + "  \n";
    CHECK_FALSE(read(padded).ok());
  }
  CHECK(fault_of(text + "}").code() == Errc::trailing_bytes);
}

TEST_CASE("a large block is read instance by instance, wherever its header stands") {
  std::string instances;
  for (int i = 0; i < 3000; ++i) {
    if (i > 0) instances += ",";
    instances += R"({"index_key":)" + std::to_string(i) + R"(,"attributes":{"id":"id-)" + std::to_string(i) + R"(","text":")" +
                 std::string(60, 'x') + "\"}}";
  }
  const std::string header_first =
      state(block(instances, "n", R"("module":"module.m",)") + "," + block(R"({"attributes":{"id":"small"}})", "after"));
  const std::string header_last =
      state(R"({"instances":[)" + instances + R"(],"name":"n","provider":"p","type":"t","mode":"managed","module":"module.m"})" + "," +
            block(R"({"attributes":{"id":"small"}})", "after"));
  for (const std::string& text : {header_first, header_last}) {
    const Snapshot s = snapshot_of(text);
    REQUIRE(s.size() == 3001);
    CHECK(s.spans() == 3001);
    CHECK(s.entry(2999).address == "module.m.t.n[2999]");
    for (const std::size_t i : {std::size_t{0}, std::size_t{1500}, std::size_t{2999}, std::size_t{3000}}) {
      const Resource r = load(s, i);
      CHECK(r.address == s.entry(i).address);
      CHECK(resource_fingerprint(r) == s.entry(i).canonical);
    }
    CHECK(load(s, 3000).id == "small");
    // Known again, and not known under another header.
    ReadOptions options;
    options.known = &s;
    CHECK(snapshot_of(text, options).content_hash() == s.content_hash());
    std::string moved = text;
    moved.replace(moved.find("\"module.m\""), 10, "\"module.z\"");
    const Snapshot other = snapshot_of(moved, options);
    CHECK(other.entry(0).address == "module.z.t.n[0]");
    CHECK(other.entry(3000).address == "t.after");
  }
  // In data mode, only counted.
  std::string data = header_last;
  data.replace(data.find("\"managed\",\"module\""), 9, "\"data\"");
  const Snapshot s = snapshot_of(data);
  CHECK(s.size() == 1);
  REQUIRE(s.notes().size() == 1);
  CHECK(s.notes()[0].message.substr(0, 5) == "3000 ");
  // And wrong in the middle.
  std::string wrong = header_first;
  wrong.replace(wrong.find("\"id-2000\""), 9, "\"id-2000\",\"id\":1");
  CHECK(fault_of(wrong).code() == Errc::duplicate_key);
}

TEST_CASE("one resource may be large, up to the limit for a span") {
  const std::string big(300'000, 'y');
  const Snapshot s = snapshot_of(state(block(R"({"attributes":{"id":"x","user_data":")" + big + "\"}}")));
  REQUIRE(s.size() == 1);
  CHECK(load(s, 0).attributes.string_or("user_data").size() == big.size());
}

TEST_CASE("spans that are known are taken over, changed ones are read") {
  const auto text = [](const std::string& changed, const std::string& between) {
    return state(block(R"({"attributes":{"id":"1"}})", "a") + "," + between + block(R"({"attributes":{"id":")" + changed + "\"}}", "b") +
                 "," + block(R"({"index_key":0,"attributes":{"id":"3"}},{"index_key":0,"deposed":"d","attributes":{}})", "c"));
  };
  const Snapshot old = snapshot_of(text("2", ""));
  ReadOptions options;
  options.known = &old;
  const std::string inserted = block(R"({"attributes":{"id":"new"}})", "new") + ",";
  const Snapshot fresh = snapshot_of(text("two", inserted), options);
  const Snapshot plain = snapshot_of(text("two", inserted));
  CHECK(fresh.content_hash() == plain.content_hash());
  CHECK(addresses(fresh) == addresses(plain));
  CHECK(fresh.entry(4).pending_delete);
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    CHECK(fresh.entry(i).canonical == plain.entry(i).canonical);
    CHECK(load(fresh, i).id == load(plain, i).id);  // at their new offsets
  }
  // A snapshot of another format is no help, and no harm.
  SnapshotBuilder other(Side::recorded);
  const Snapshot memory = std::move(other).build();
  options.known = &memory;
  CHECK(snapshot_of(text("2", ""), options).content_hash() == old.content_hash());
  // Spans that are taken over are checked for duplicate addresses like any.
  options.known = &old;
  auto twice = read(state(block(R"({"attributes":{"id":"1"}})", "a") + "," + block(R"({"attributes":{"id":"1"}})", "a")), options);
  REQUIRE_FALSE(twice.ok());
  CHECK(twice.error().code() == Errc::duplicate_address);
}

TEST_CASE("loading from a file that changed since is an error, not another resource") {
  std::string name = (fs::temp_directory_path() / "drift-v4-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  const fs::path path = fs::path(name) / "a.tfstate";
  std::string text = state(block(R"({"attributes":{"id":"1"}})", "a") + "," + block(R"({"attributes":{"id":"2"}})", "b"));
  std::ofstream(path, std::ios::binary) << text;
  auto d = read_document(ByteSource::file(path.string()));
  REQUIRE(d.ok());
  const Snapshot s = *d->recorded;
  CHECK(load(s, 1).id == "2");
  text.replace(text.find("\"2\""), 3, "\"9\"");
  {
    std::ofstream out(path, std::ios::binary | std::ios::in);  // in place: the same file, one byte changed
    out << text;
  }
  CHECK(load(s, 0).id == "1");  // its bytes are what they were
  auto changed = s.load(1);
  REQUIRE_FALSE(changed.ok());
  CHECK(changed.error().code() == Errc::changed_while_reading);
  CHECK_FALSE(changed.error().next_step().empty());
  fs::remove_all(name);
}

TEST_CASE("limits hold inside and outside of spans") {
  ReadOptions options;
  options.limits.max_depth = 6;
  const auto nested = [](int depth) {
    return state(block("{\"attributes\":{\"a\":" + std::string(static_cast<std::size_t>(depth), '[') +
                       std::string(static_cast<std::size_t>(depth), ']') + "}}"));
  };
  CHECK(read(nested(0).replace(nested(0).find("\"a\":"), 4, "\"a\":1"), options)
            .ok());  // root, resources, block, instances, instance, attributes
  auto deep = read(nested(1), options);
  REQUIRE_FALSE(deep.ok());
  CHECK(deep.error().code() == Errc::depth_limit);

  options = {};
  options.limits.max_nodes = 20;
  std::string many = "1";
  for (int i = 0; i < 20; ++i) many += ",1";
  auto nodes = read(state(block("{\"attributes\":{\"a\":[" + many + "]}}")), options);
  REQUIRE_FALSE(nodes.ok());
  CHECK(nodes.error().code() == Errc::node_limit);

  options = {};
  options.context.cancel.cancel();
  auto stopped = read(state(""), options);
  REQUIRE_FALSE(stopped.ok());
  CHECK(stopped.error().code() == Errc::cancelled);
}

TEST_CASE("an error about a member stands at the member's value") {
  const auto place_of = [](const std::string& text, const std::string& value) {
    CAPTURE(text);
    const Error e = fault_of(text);
    CHECK(e.where()->byte == text.find(value));
    CHECK_FALSE(e.next_step().empty());
  };
  place_of(state(block(R"({"attributes":{"a":[1,{"b":2}]},"index_key":1.5})")), "1.5");
  place_of(state(block(R"({"attributes":{}},{"status":"odd"})")), "\"odd\"");
  place_of(state(block(R"({"dependencies":["a", 17]})")), "17");
  place_of(state(block(R"({"private" :  {}})")), "{}}");
  place_of(state(R"({"mode":"managed","type":"t","name":["x"],"instances":[]})"), "[\"x\"]");
  // A block that only the exact reader takes: at the block.
  place_of(state(block(R"({"attributes":{"a":"\ud83d\ude00"},"deposed":99})")), "{\"mode\"");
}
