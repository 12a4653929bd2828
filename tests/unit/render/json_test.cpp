#include <doctest/doctest.h>

#include "drift/model/hash.hpp"
#include "drift/model/json.hpp"
#include "drift/render/render.hpp"
#include "sample.hpp"

using namespace drift;

TEST_CASE("an empty report, every member in its order") {
  CHECK(
      render_json(Report{}, false) ==
      R"({"schema_version":1,"complete":true,"basis":[],"summary":{"checked":0,"drifted":0,"changed":0,"deleted":0,"unmanaged":0,"unreadable":0,)"
      R"("unsupported":0,"suppressed":0,"pending":0,"skipped":0},"findings":[],"suppressed":[],"errors":[],"notes":[]})"
      "\n");
}

TEST_CASE("a finding") {
  Change c = test::change("a[\"b.c\"][0]", *parse_json("1.50"), Value(test::secret("canary")));
  c.desired = Value::unknown();
  c.section = Section::inputs;
  c.relation = Relation::conflict;
  c.rule = "r";
  c.mode = IgnoreMode::watch_only;
  c.reason = "because";
  c.forces_replacement = true;
  const std::string json = render_json(test::report_of(c), false);
  CHECK(
      json.find(
          R"("findings":[{"address":"a.b","type":"a","verdict":"changed","fingerprint":")" + finding_fingerprint("a.b", "a") +
          R"(","risk":{"level":"medium","class":"behavioural","direction":"neutral","why":"w","rule":"some.rule"},"basis":["recorded","actual"],)"
          R"("changes":[{"path":"a[\"b.c\"][0]","pointer":"/a/b.c/0","section":"inputs","kind":"modified","relation":"conflict","why":"value",)"
          R"("rule":"r","mode":"watch_only","reason":"because","sensitive":true,"forces_replacement":true,)"
          R"j("recorded":"(sensitive)","actual":"(sensitive)","desired":"(sensitive)"}]}])j") != std::string::npos);
}

TEST_CASE("numbers keep their text, unknown values say so") {
  Change c = test::change("a", *parse_json("18446744073709551617"), *parse_json("1.50e3"));
  c.desired = Value::unknown();
  const std::string json = render_json(test::report_of(c), false);
  CHECK(json.find(R"j("recorded":18446744073709551617,"actual":1.50e3,"desired":"(known after apply)")j") != std::string::npos);
}

TEST_CASE("the class of a change and of a finding, where it is known") {
  Change c = test::change("a", Value(1), Value(2));
  Report r = test::report_of(c);
  CHECK(render_json(r, false).find(R"("class":"c)") == std::string::npos);
  r.findings[0].drift_class = DriftClass::computed_only;
  r.findings[0].changes[0].drift_class = DriftClass::null_or_empty;
  const std::string json = render_json(r, false);
  CHECK(json.find(R"("class":"computed_only","risk":)") != std::string::npos);
  CHECK(json.find(R"("class":"null_or_empty","why":"value")") != std::string::npos);
}

TEST_CASE("elapsed time is no part of it, and pretty is only white space") {
  Report r = test::sample();
  const std::string once = render_json(r);
  r.elapsed = std::chrono::hours(5);
  CHECK(render_json(r) == once);
  const Result<Value> pretty = parse_json(once), compact = parse_json(render_json(r, false));
  REQUIRE(pretty.ok());
  REQUIRE(compact.ok());
  CHECK(*pretty == *compact);
  CHECK(once.substr(0, 26) == "{\n  \"schema_version\": 1,\n ");
}

TEST_CASE("always valid UTF-8, whatever the documents hold") {
  Report r = test::report_of(test::change("a", Value("\xff\xfe"), Value("\xed\xa0\x80")));
  r.findings[0].address = "x\xc3";
  r.notes.push_back({"c\xff", "", "m\xff"});
  r.errors.push_back({"e\xff", "t\xff", Verdict::unreadable, Error(Errc::io, "m\xff").next("\xff")});
  CHECK(parse_json(render_json(r)).ok());  // the reader refuses bad UTF-8
}

TEST_CASE("two strings that are not UTF-8 do not look alike") {
  const Report r = test::report_of(test::change("a", Value(std::string("\xff\xfe\0bin", 6)), Value(std::string("\xff\xfd\0bin", 6))));
  const Result<Value> json = parse_json(render_json(r));
  REQUIRE(json.ok());
  const Value& change = json->find("findings")->as_list()[0].find("changes")->as_list()[0];
  CHECK(change.string_or("recorded") == "(binary, 6 bytes, sha256:" + sha256_hex(std::string("\xff\xfe\0bin", 6)) + ")");
  CHECK(change.string_or("actual") == "(binary, 6 bytes, sha256:" + sha256_hex(std::string("\xff\xfd\0bin", 6)) + ")");
}

TEST_CASE("an error of the whole scan has no address") {
  Report r;
  r.errors.push_back({"", "", Verdict::unreadable, Error(Errc::deadline, "late").next("more time")});
  r.errors.push_back({"a", "t", Verdict::unsupported, Error(Errc::read_unsupported, "no")});
  CHECK(render_json(r, false).find(R"("errors":[{"code":"E_DEADLINE","message":"late","next":"more time"},)"
                                   R"({"address":"a","type":"t","verdict":"unsupported","code":"E_READ_UNSUPPORTED","message":"no"}])") !=
        std::string::npos);
}
