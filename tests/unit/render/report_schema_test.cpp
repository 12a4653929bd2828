// docs/report.schema.json against what render_json() writes, by a checker of the part of JSON Schema that the file uses.
#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "drift/model/json.hpp"
#include "drift/render/render.hpp"
#include "sample.hpp"

using namespace drift;

namespace {

class Checker {
 public:
  explicit Checker(const Value& root) : root_(root) {}

  // Empty: valid. Else what is wrong and where.
  std::string check(const Value& schema, const Value& v, const std::string& at) const {
    if (schema.is_bool()) return schema.as_bool() ? "" : at + ": nothing is allowed here";
    for (const auto& [key, arg] : schema.as_object()) {
      const std::string fault = keyword(key, arg, v, at);
      if (!fault.empty()) return fault;
    }
    return "";
  }

  // Keywords in the schema that this checker does not know would be checked by nobody.
  static void unknown_keywords(const Value& schema, std::set<std::string>& out) {
    static const std::set<std::string> known{"$schema",  "$id",        "title", "description", "$defs", "$ref",    "type",
                                             "required", "properties", "items", "enum",        "const", "minimum", "pattern"};
    if (!schema.is_object()) return;
    for (const auto& [key, arg] : schema.as_object()) {
      if (known.count(key) == 0) out.insert(key);
      if (key == "properties" || key == "$defs")
        for (const auto& [name, inner] : arg.as_object()) unknown_keywords(inner, out);
      if (key == "items") unknown_keywords(arg, out);
    }
  }

 private:
  std::string keyword(const std::string& key, const Value& arg, const Value& v, const std::string& at) const {
    if (key == "$ref") {
      const std::string& ref = arg.as_string();
      const Value* target = root_.find("$defs")->find(ref.substr(std::string("#/$defs/").size()));
      return target == nullptr ? at + ": " + ref + " is not defined" : check(*target, v, at);
    }
    if (key == "type" && !has_type(arg.as_string(), v)) return at + ": is no " + arg.as_string();
    if (key == "const" && !(arg == v)) return at + ": is not the constant";
    if (key == "enum") {
      for (const Value& e : arg.as_list())
        if (e == v) return "";
      return at + ": is none of the enum";
    }
    if (key == "minimum" && v.is_number() && Number::compare(v.as_number(), arg.as_number()) < 0) return at + ": is too small";
    if (key == "required" && v.is_object())
      for (const Value& name : arg.as_list())
        if (v.find(name.as_string()) == nullptr) return at + ": lacks " + name.as_string();
    if (key == "properties" && v.is_object())
      for (const auto& [name, inner] : arg.as_object())
        if (const Value* member = v.find(name))
          if (std::string fault = check(inner, *member, at + '/' + name); !fault.empty()) return fault;
    if (key == "items" && v.is_list())
      for (std::size_t i = 0; i < v.as_list().size(); ++i)
        if (std::string fault = check(arg, v.as_list()[i], at + '/' + std::to_string(i)); !fault.empty()) return fault;
    return "";
  }

  static bool has_type(const std::string& type, const Value& v) {
    if (type == "object") return v.is_object();
    if (type == "array") return v.is_list();
    if (type == "string") return v.is_string();
    if (type == "boolean") return v.is_bool();
    if (type == "integer") return v.is_number() && v.as_number().to_int64().has_value();
    return false;
  }

  const Value& root_;
};

Value schema() {
  std::ifstream file(DRIFT_TEST_DIR "/../docs/report.schema.json");
  REQUIRE(file.good());
  std::stringstream text;
  text << file.rdbuf();
  Result<Value> v = parse_json(text.str());
  REQUIRE(v.ok());
  return *v;
}

std::string fault(const Value& s, const Value& v) { return Checker(s).check(s, v, ""); }

// Every member that the renderer writes has to be described.
void undescribed(const Value& root, const Value& s, const Value& v, const std::string& at, std::set<std::string>& out) {
  if (!s.is_object()) return;
  if (const Value* ref = s.find("$ref")) return undescribed(root, *root.find("$defs")->find(ref->as_string().substr(8)), v, at, out);
  if (v.is_list() && s.find("items") != nullptr)
    for (const Value& e : v.as_list()) undescribed(root, *s.find("items"), e, at + "[]", out);
  if (!v.is_object()) return;
  const Value* properties = s.find("properties");
  for (const auto& [key, member] : v.as_object()) {
    const Value* p = properties == nullptr ? nullptr : properties->find(key);
    if (p == nullptr)
      out.insert(at + '/' + key);
    else
      undescribed(root, *p, member, at + '/' + key, out);
  }
}

Report everything() {
  Report r = test::sample();
  Change c = test::change("a", Value(1), Value::unknown());
  c.section = Section::resource;
  c.baseline = Value();
  c.desired = Value(true);
  c.mode = IgnoreMode::accept;
  c.rule = "r";
  c.reason = "why not";
  c.forces_replacement = true;
  r.findings[0].changes.push_back(c);
  r.suppressed[1].reason = "tmp";
  r.notes.push_back({"code", "address", "message"});
  r.errors.push_back({"", "", Verdict::unreadable, Error(Errc::deadline, "x")});
  return r;
}

}  // namespace

TEST_CASE("the schema uses only what this test checks") {
  std::set<std::string> unknown;
  Checker::unknown_keywords(schema(), unknown);
  for (const std::string& key : unknown) FAIL_CHECK("not checked: " << key);
}

TEST_CASE("reports follow the published schema, and the schema describes all of them") {
  const Value s = schema();
  for (const Report& r : {Report{}, test::sample(), everything()})
    for (const bool pretty : {true, false}) {
      const Result<Value> json = parse_json(render_json(r, pretty));
      REQUIRE(json.ok());
      CHECK(fault(s, *json) == "");
      std::set<std::string> extra;
      undescribed(s, s, *json, "", extra);
      for (const std::string& key : extra) FAIL_CHECK("not described: " << key);
    }
}

TEST_CASE("the schema refuses what is no report, and allows growth") {
  const Value s = schema();
  const Value good = *parse_json(render_json(everything()));
  const auto edited = [&](const char* path, Value v) {
    Value copy = good;
    Path::parse(path)->edit(copy, [&](Value& at) { at = std::move(v); });
    return fault(s, copy);
  };
  CHECK(edited("schema_version", Value(2)) != "");
  CHECK(edited("complete", Value("yes")) != "");
  CHECK(edited("basis[0]", Value("past")) != "");
  CHECK(edited("summary.checked", Value(-1)) != "");
  CHECK(edited("summary.checked", Value("1")) != "");
  CHECK(edited("findings[0].verdict", Value("in_sync")) != "");
  CHECK(edited("findings[0].risk", Value(Object{})) != "");
  CHECK(edited("findings[0].changes[0].kind", Value("odd")) != "");
  CHECK(edited("errors[0].code", Value(7)) != "");
  Value grown = good;
  grown.edit_object().set("new_member", Value(1));
  CHECK(fault(s, grown) == "");
}
