#include "drift/engine/project.hpp"

#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)

namespace {

Error fault(std::string_view text) {
  Result<Project> p = parse_project(text, "drift.yaml");
  REQUIRE_MESSAGE(!p.ok(), text);
  return p.error();
}

// "CODE line:column"
std::string where(std::string_view text) {
  const Error e = fault(text);
  CHECK(e.subject() == "drift.yaml");
  CHECK(!e.next_step().empty());
  return std::string(e.name()) + (e.where() ? " " + std::to_string(e.where()->line) + ":" + std::to_string(e.where()->column) : "");
}

}  // namespace

TEST_CASE("project: every key") {
  const Result<Project> p = parse_project(R"(
version: 1
state: a.tfstate
desired: plan.json
baseline: b.jsonl
targets: ["module.a.*"]
exclude:
  - thing.x
parallel: 4
timeout: 5m
read_timeout: 90s
breaker: {min_absent: 3, share: 0.25, min_all: 2}
providers:
  file: {root: files}
comparators:
  - {name: json, type: acme_*, path: policy, comparator: json}
  - {name: users, type: "*", path: "users", comparator: keyed_list, key: name}
  - {name: port, type: "*", path: port, comparator: default_value, value: 443}
ignore:
  - name: capacity
    type: aws_autoscaling_group
    path: desired_capacity
    mode: mute
    reason: the autoscaler sets it
    owner: platform
    expires: 2027-01-31
  - {name: two, address: thing.y, path: size, mode: accept, value: 2, reason: agreed}
builtin_comparators: false
engine_ignores: false
)",
                                          "conf/drift.yaml");
  REQUIRE_MESSAGE(p.ok(), p.error().to_string());
  CHECK(p->path == "conf/drift.yaml");
  CHECK(p->state == "a.tfstate");
  CHECK(p->desired == "plan.json");
  CHECK(p->baseline == "b.jsonl");
  CHECK(p->targets == std::vector<std::string>{"module.a.*"});
  CHECK(p->excludes == std::vector<std::string>{"thing.x"});
  CHECK(p->parallel == 4);
  CHECK(p->timeout == std::chrono::minutes(5));
  CHECK(p->read_timeout == std::chrono::seconds(90));
  CHECK(p->breaker.min_absent == 3);
  CHECK(p->breaker.share == 0.25);
  CHECK(p->breaker.min_all == 2);
  REQUIRE(p->providers.size() == 1);
  CHECK(p->providers[0].first == "file");
  CHECK(to_json(p->providers[0].second) == R"({"root":"files"})");
  REQUIRE(p->rules.comparators.size() == 3);
  CHECK(p->rules.comparators[1].key == "name");
  CHECK(to_json(*p->rules.comparators[2].value) == "443");
  REQUIRE(p->rules.ignores.size() == 2);
  CHECK(p->rules.ignores[0].path->text() == "desired_capacity");
  CHECK(format_rfc3339(*p->rules.ignores[0].expires) == "2027-01-31T00:00:00Z");
  CHECK(p->rules.ignores[1].mode == IgnoreMode::accept);
  CHECK(!p->rules.use_builtin_comparators);
  CHECK(!p->rules.use_engine_ignores);
}

TEST_CASE("project: an empty file is a project without anything") {
  const Result<Project> p = parse_project("", "drift.yaml");
  REQUIRE(p.ok());
  CHECK(!p->state);
  CHECK(p->rules.use_builtin_comparators);
}

TEST_CASE("project: an unknown key is an error with the nearest known one") {
  const Error e = fault("version: 1\nstate: x\ntagets: [a]\n");
  CHECK(e.code() == Errc::config_unknown_key);
  CHECK(e.where()->line == 3);
  CHECK(e.where()->column == 1);
  CHECK(e.message().find("`tagets`") != std::string::npos);
  CHECK(e.next_step().find("`targets`") != std::string::npos);
  const Error inner = fault("ignore:\n  - name: a\n    mod: mute\n");
  CHECK(inner.where()->line == 3);
  CHECK(inner.message().find("ignore[]") != std::string::npos);
  CHECK(inner.next_step().find("`mode`") != std::string::npos);
  CHECK(where("breaker: {minabsent: 1}") == "E_CONFIG_UNKNOWN_KEY 1:11");
}

TEST_CASE("project: wrong types and values stand with their place") {
  CHECK(where("state: 12") == "E_CONFIG_INVALID 1:8");
  CHECK(where("state: [a]") == "E_CONFIG_INVALID 1:8");
  CHECK(where("state:") == "E_CONFIG_INVALID 1:7");
  CHECK(where("state: ''") == "E_CONFIG_INVALID 1:8");
  CHECK(where("- a") == "E_CONFIG_INVALID 1:1");
  CHECK(where("targets: a") == "E_CONFIG_INVALID 1:10");
  CHECK(where("targets: [1]") == "E_CONFIG_INVALID 1:11");
  CHECK(where("parallel: 0") == "E_CONFIG_INVALID 1:11");
  CHECK(where("parallel: 1.5") == "E_CONFIG_INVALID 1:11");
  CHECK(where("parallel: many") == "E_CONFIG_INVALID 1:11");
  CHECK(where("timeout: 30") == "E_CONFIG_INVALID 1:10");
  CHECK(where("read_timeout: 0s") == "E_CONFIG_INVALID 1:15");
  CHECK(where("timeout: soon") == "E_CONFIG_INVALID 1:10");
  CHECK(where("breaker: {share: 2}") == "E_CONFIG_INVALID 1:18");
  CHECK(where("builtin_comparators: yes") == "E_CONFIG_INVALID 1:22");
  CHECK(where("providers: {file: x}") == "E_CONFIG_INVALID 1:19");
  CHECK(where("version: 2") == "E_UNSUPPORTED_VERSION 1:10");
  CHECK(where("version: x") == "E_CONFIG_INVALID 1:10");
  CHECK(where("state: a\nstate: b") == "E_DUPLICATE_KEY 2:1");
}

TEST_CASE("project: rules that cannot be meant") {
  CHECK(where("ignore: [{name: a, path: x, mode: mute}]") == "E_CONFIG_INVALID 1:10");  // no reason
  CHECK(where("ignore: [{name: a, mode: mute, reason: r}]") == "E_INVALID_RULE 1:10");  // everything
  CHECK(where("ignore: [{name: a, path: 'x[', mode: mute, reason: r}]") == "E_INVALID_RULE 1:26");
  CHECK(where("ignore: [{name: a, path: x, mode: shout, reason: r}]") == "E_CONFIG_INVALID 1:35");
  CHECK(where("ignore: [{name: a, path: x, mode: accept, reason: r}]") == "E_INVALID_RULE 1:10");
  CHECK(where("ignore: [{name: a, path: x, mode: mute, value: 1, reason: r}]") == "E_INVALID_RULE 1:10");
  CHECK(where("ignore: [{name: a, type: t, mode: accept, value: 1, reason: r}]") == "E_INVALID_RULE 1:10");
  CHECK(where("ignore: [{name: a, path: x, mode: mute, reason: r, expires: tomorrow}]") == "E_CONFIG_INVALID 1:61");
  CHECK(where("ignore: [{name: engine.x, path: x, mode: mute, reason: r}]") == "E_INVALID_RULE 1:10");
  for (const std::string name :
       {"baseline", "secret.cannot-tell", "same-change-in-outputs", "schema:x", "builtin.x", "pulumi.defaults", "terraform.timeouts"}) {
    CHECK(where("ignore: [{name: '" + name + "', path: x, mode: mute, reason: r}]") == "E_INVALID_RULE 1:10");
    CHECK(where("comparators: [{name: '" + name + "', type: t, path: x, comparator: json}]") == "E_INVALID_RULE 1:15");
  }
  CHECK(where("comparators: [{name: a, type: t, path: x, comparator: json}]\nignore: [{name: a, path: y, mode: mute, reason: r}]") ==
        "E_INVALID_RULE 2:10");
  CHECK(where("ignore:\n- {name: a, path: x, mode: mute, reason: r}\n- {name: a, path: y, mode: mute, reason: r}") == "E_INVALID_RULE 3:3");
  CHECK(where("comparators: [{name: a, type: t, path: p, comparator: keyed_list}]") == "E_INVALID_RULE 1:15");
  CHECK(where("comparators: [{name: a, type: t, path: p, comparator: json, key: k}]") == "E_INVALID_RULE 1:15");
  CHECK(where("comparators: [{name: a, type: t, path: p, comparator: default_value}]") == "E_INVALID_RULE 1:15");
  CHECK(where("comparators: [{name: a, type: t, path: p, comparator: jason}]") == "E_CONFIG_INVALID 1:55");
  CHECK(where("comparators: {name: a}") == "E_CONFIG_INVALID 1:14");
}

TEST_CASE("project: a rule of nothing but wildcards would ignore everything") {
  for (const std::string what : {"address: '?*'", "address: '**', type: '*?*'", "type: '***'", "path: '**'", "path: '*', address: '*'"})
    CHECK_MESSAGE(where("ignore: [{name: a, " + what + ", mode: hide, reason: r}]") == "E_INVALID_RULE 1:10", what);
  CHECK(where("comparators: [{name: a, type: '*', path: '**', comparator: ignored}]") == "E_INVALID_RULE 1:15");
  for (const std::string what : {"address: '*', type: 'aws_*'", "address: '?*.x'", "path: 'tags.*'", "address: '*', path: 'x'"})
    CHECK_MESSAGE(parse_project("ignore: [{name: a, " + what + ", mode: hide, reason: r}]", "").ok(), what);
  CHECK(parse_project("ignore: [{name: a, path: '**', mode: accept, value: auto, reason: r}]", "").ok());
}

TEST_CASE("project: that a value is not there is accepted by `value: null`") {
  const Result<Project> p = parse_project("ignore: [{name: a, path: x, mode: accept, value: null, reason: r}]", "");
  REQUIRE(p.ok());
  REQUIRE(p->rules.ignores.at(0).value.has_value());
  CHECK(p->rules.ignores[0].value->is_null());
}

TEST_CASE("project: a message never holds a value") {
  for (const std::string text :
       {"state: [s3cret]", "parallel: s3cret", "timeout: s3cret", "ignore: [{name: a, path: 's3cret[', mode: mute, reason: r}]",
        "ignore: [{name: a, path: x, mode: s3cret, reason: r}]", "ignore: [{name: a, path: x, mode: mute, reason: r, expires: s3cret}]",
        "builtin_comparators: s3cret", "version: s3cret", "providers: {file: s3cret}", "s3cret with blanks: 1"}) {
    const Error e = fault(text);
    CHECK_MESSAGE((e.to_string() + e.next_step()).find("s3cret") == std::string::npos, e.to_string());
  }
}

TEST_CASE("project: read from a file") {
  const TempDir dir;
  const Result<Project> p = read_project(dir.write("drift.yaml", "state: x.tfstate\n"));
  REQUIRE(p.ok());
  CHECK(p->state == "x.tfstate");
  CHECK(read_project(dir.path("missing.yaml")).error().code() == Errc::not_found);
  CHECK(read_project(dir.path("")).error().code() == Errc::io);  // a folder
  CHECK(read_project(dir.write("big.yaml", std::string((std::size_t{4} << 20) + 1, '#'))).error().code() == Errc::byte_limit);
}
