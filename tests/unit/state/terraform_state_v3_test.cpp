#include <doctest/doctest.h>

#include <string>

#include "drift/model/json.hpp"
#include "state/base64.hpp"
#include "unit/state/reading.hpp"

using namespace drift;
using reading::good;
using reading::load;
using reading::refusal;

namespace {

std::string state(const std::string& modules) {
  return R"({"version":3,"terraform_version":"0.11.14","serial":7,"lineage":"l-1","modules":)" + modules + "}";
}
std::string module(const std::string& path, const std::string& resources) {
  return "{\"path\":" + path + ",\"outputs\":{},\"resources\":{" + resources + "},\"depends_on\":[]}";
}

const std::string kWeb = R"("aws_instance.web.0":{"type":"aws_instance","depends_on":["aws_subnet.main.*","module.net"],
  "primary":{"id":"i-1","attributes":{"id":"i-1","ami":"a","tags.%":"1","tags.Name":"x"},"meta":{"schema_version":"1","k":{"t":1}},
  "tainted":false},"deposed":[{"id":"i-0","attributes":{"id":"i-0"},"meta":{},"tainted":true}],"provider":"provider.aws"})";

}  // namespace

TEST_CASE("state v3: instances of all modules, with nested attributes and deposed objects") {
  const Document doc = good(state("[" + module(R"(["root"])", kWeb) + "," +
                                  module(R"(["root","a","b"])", R"("aws_subnet.main":{"type":"aws_subnet","primary":{"id":"s-1",
                                    "attributes":{"cidr":"10.0.0.0/8"},"meta":{},"tainted":true},"deposed":[],"provider":""})") +
                                  "]"));
  CHECK(doc.format == "terraform-state-v3");
  CHECK(doc.recorded->provenance().engine_version == "0.11.14");
  CHECK(doc.recorded->provenance().serial == std::uint64_t{7});
  CHECK(doc.recorded->provenance().lineage == "l-1");
  CHECK(reading::addresses(*doc.recorded) ==
        std::vector<std::string>{"aws_instance.web[0]", "aws_instance.web[0] (deposed 00000001)", "module.a.module.b.aws_subnet.main"});
  const Resource web = load(*doc.recorded, "aws_instance.web[0]");
  CHECK(web.type == "aws_instance");
  CHECK(web.id == "i-1");
  CHECK(to_json(web.attributes) == R"({"ami":"a","id":"i-1","tags":{"Name":"x"}})");
  CHECK(web.schema_version == 1);
  CHECK(web.untyped);
  CHECK(state_internal::base64_decode(web.private_data) == R"({"k":{"t":1}})");
  CHECK(web.dependencies == std::vector<std::string>{"aws_subnet.main", "module.net"});
  CHECK(web.provider == "provider.aws");
  const Resource old = load(*doc.recorded, "aws_instance.web[0] (deposed 00000001)");
  CHECK(old.id == "i-0");
  CHECK(old.tainted);
  CHECK(old.deposed_key == "00000001");
  CHECK(old.pending_delete);
  const Resource subnet = load(*doc.recorded, "module.a.module.b.aws_subnet.main");
  CHECK(subnet.tainted);
  CHECK(subnet.provider == "module.a.module.b.provider.aws");
  CHECK(subnet.attributes.string_or("id") == "s-1");  // the identifier is an attribute too
}

TEST_CASE("state v3: a module's path may stand behind its resources") {
  const Document doc = good(state("[{\"resources\":{" + kWeb + R"(},"path":["root","m"]},{"path":["root"],"resources":null}])"));
  CHECK(doc.recorded->find("module.m.aws_instance.web[0]").has_value());
  CHECK(doc.recorded->size() == 2);
}

TEST_CASE("state v3: the same bytes in two modules are two resources, also when known") {
  const std::string text = state("[" + module(R"(["root","a"])", kWeb) + "," + module(R"(["root","b"])", kWeb) + "]");
  const Document first = good(text);
  CHECK(first.recorded->size() == 4);
  const Document second = good(text, &*first.recorded);
  CHECK(first.recorded->content_hash() == second.recorded->content_hash());
  CHECK(reading::addresses(*first.recorded) == reading::addresses(*second.recorded));
}

TEST_CASE("state v3: data resources are skipped and counted, resources without an instance are nothing") {
  const Document doc = good(state("[" + module(R"(["root"])", R"("data.aws_ami.x":{"type":"aws_ami","primary":{"id":"a"}},
    "data.aws_ami.y.3":{"type":"aws_ami","primary":{"id":"a"}},"aws_vpc.none":{"type":"aws_vpc","primary":null,"deposed":null})") +
                                  "]"));
  CHECK(doc.recorded->empty());
  REQUIRE(reading::note(*doc.recorded, "data_skipped") != nullptr);
  CHECK(good(state("[]")).recorded->empty());
}

TEST_CASE("state v3: refusals") {
  const std::string bad[] = {
      module(R"(["top"])", ""),
      module("[]", ""),
      module(R"(["root",1])", ""),
      R"({"resources":{}})",
      module(R"(["root"])", R"("aws_instance":{"type":"aws_instance"})"),
      module(R"(["root"])", R"("aws_instance.a.b":{"type":"aws_instance"})"),
      module(R"(["root"])", R"("aws_instance.a.0.b.c":{"type":"aws_instance"})"),
      module(R"(["root"])", R"("aws_instance.a":{"type":"aws_vpc","primary":{"id":"x"}})"),
      module(R"(["root"])", R"("aws_instance.a":17)"),
      module(R"x(["root","a (deposed 1)"])x", ""),
      module(R"(["root"])", R"x("aws_instance.a (deposed 1)":{"type":"aws_instance","primary":{"id":"x"}})x"),
      module(R"(["root"])", R"("aws_instance.a":{"type":"aws_instance","primary":"str"})"),
      module(R"(["root"])", R"("aws_instance.a":{"type":"aws_instance","primary":{"id":"x","attributes":"zz"}})"),
      module(R"(["root"])", R"("aws_instance.a":{"type":"aws_instance","primary":{"id":"x","attributes":{"a":1}}})"),
      module(R"(["root"])", R"("aws_instance.a":{"type":"aws_instance","primary":{"id":7}})"),
      module(R"(["root"])", R"("aws_instance.a":{"type":"aws_instance","primary":{"id":"x","tainted":"yes"}})"),
      module(R"(["root"])", R"("aws_instance.a":{"type":"aws_instance","primary":{"id":"x","meta":[]}})"),
      module(R"(["root"])", R"("aws_instance.a":{"type":"aws_instance","deposed":{}})"),
      module(R"(["root"])", R"("aws_instance.a":{"type":"aws_instance","deposed":["str"]})"),
      module(R"(["root"])", R"("aws_instance.a":{"type":"aws_instance","depends_on":[1]})"),
      module(R"(["root"])", R"("aws_instance.a":{"type":"aws_instance","provider":1})"),
  };
  for (const std::string& m : bad) {
    CAPTURE(m);
    auto doc = reading::read(state("[" + m + "]"));
    REQUIRE_FALSE(doc.ok());
    CHECK(doc.error().name() == "E_BAD_STRUCTURE");
    CHECK(doc.error().where().has_value());
  }
  CHECK(refusal(state("[" + module(R"(["root"])", R"("a.b":{"type":"a","type":"a"})") + "]")) == Errc::duplicate_key);
  CHECK(refusal(R"({"version":3,"serial":-1,"modules":[]})") == Errc::bad_structure);
  CHECK(refusal(R"({"version":3,"serial":1,"lineage":"l"})") == Errc::bad_structure);
  CHECK(good(state("null")).recorded->empty());
}
