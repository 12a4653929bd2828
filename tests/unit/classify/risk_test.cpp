#include <doctest/doctest.h>

#include <string>

#include "drift/classify/classify.hpp"
#include "drift/model/json.hpp"

using namespace drift;

namespace {

Change change(const char* path, std::optional<Value> from, std::optional<Value> to, Relation relation = Relation::drift) {
  Change c;
  c.path = *Path::parse(path);
  c.recorded = std::move(from);
  c.actual = std::move(to);
  c.relation = relation;
  c.kind = !c.recorded ? ChangeKind::added : !c.actual ? ChangeKind::removed : ChangeKind::modified;
  return c;
}

ResourceComparison of(const char* type, std::vector<Change> changes) {
  ResourceComparison c;
  c.address = std::string(type) + ".x";
  c.type = type;
  c.basis.recorded = c.basis.actual = true;
  c.changes = std::move(changes);
  return c;
}

Risk assess(const ResourceComparison& c) { return RiskRules::builtin().assess(c); }

}  // namespace

TEST_CASE("the firewall allow-list in a file: opened is critical, closed is information") {
  const char* closed = "# who may reach the admin port\n10.0.0.0/8        # office\n";
  const std::string open = std::string(closed) + "0.0.0.0/0         # TEMPORARY, remove tomorrow\n";
  const Risk r = assess(of("local_file", {change("content", Value(closed), Value(open))}));
  CHECK(r.level == RiskLevel::critical);
  CHECK(r.risk_class == RiskClass::security);
  CHECK(r.direction == RiskDirection::widen);
  CHECK(r.why == "allow-list opened to the world (0.0.0.0/0)");
  CHECK(r.rule == "file.content.world-v4");
  const Risk back = assess(of("local_file", {change("content", Value(open), Value(closed))}));
  CHECK(back.level == RiskLevel::info);
  CHECK(back.risk_class == RiskClass::security);
  CHECK(back.direction == RiskDirection::narrow);
  CHECK(assess(of("local_file", {change("content", Value("a"), Value("b"))})).level == RiskLevel::medium);
}

TEST_CASE("the worst change decides; what no rule knows is behavioural, medium") {
  const Change label = change("tags.Name", Value("a"), Value("b"));
  const Change open = change("ingress[0].cidr_blocks[0]", Value("10.0.0.0/8"), Value("0.0.0.0/0"));
  const Change odd = change("something", Value(1), Value(2));
  CHECK(assess(of("aws_security_group", {label})).level == RiskLevel::low);
  const Risk r = assess(of("aws_security_group", {label, odd}));
  CHECK(r.level == RiskLevel::medium);
  CHECK(r.rule == "default.changed");
  CHECK(assess(of("aws_security_group", {label, odd, open})).rule == "aws.security-group.ingress-world");
}

TEST_CASE("what came as a whole is looked into, and is never less than unknown") {
  const Value world = *parse_json(R"({"cidr_blocks":["0.0.0.0/0"],"description":"x"})");
  const Value narrow = *parse_json(R"({"publicly_accessible":[1]})");
  CHECK(assess(of("aws_security_group", {change("ingress[3]", std::nullopt, world)})).level == RiskLevel::critical);
  CHECK(assess(of("aws_x", {change("block", std::nullopt, narrow)})).rule == "default.changed");
  // An element that only moved is no change of its own.
  const Value before = *parse_json(R"([{"cidr_blocks":["0.0.0.0/0"]}])");
  const Value after = *parse_json(R"([{"cidr_blocks":["10.0.0.0/8"]},{"cidr_blocks":["0.0.0.0/0"]}])");
  CHECK(assess(of("aws_security_group", {change("ingress", before, after)})).level == RiskLevel::medium);
}

TEST_CASE("pending and converged changes are no risk of what is there") {
  const Change pending = change("publicly_accessible", Value(false), Value(true), Relation::pending);
  const Change converged = change("publicly_accessible", Value(false), Value(true), Relation::converged);
  const Change label = change("tags.a", Value("a"), Value("b"));
  CHECK(assess(of("aws_db_instance", {pending, converged, label})).level == RiskLevel::low);
  CHECK(assess(of("aws_db_instance", {change("publicly_accessible", Value(false), Value(true), Relation::conflict)})).level ==
        RiskLevel::critical);
}

TEST_CASE("the ancestor is the baseline's value where there is one") {
  ResourceComparison c = of("aws_db_instance", {change("publicly_accessible", Value(false), Value(true))});
  c.changes[0].baseline = Value(true);
  c.basis.baseline = true;
  CHECK(assess(c).rule != "any.publicly-accessible");
  c.changes[0].actual = Value(false);
  CHECK(assess(c).rule == "any.publicly-accessible.reverse");
}

TEST_CASE("deleted and unmanaged") {
  ResourceComparison c = of("aws_db_instance", {});
  c.existence = Existence::deleted;
  CHECK(assess(c).level == RiskLevel::critical);
  c.type = "local_file";
  CHECK(assess(c).level == RiskLevel::high);
  CHECK(assess(c).risk_class == RiskClass::behavioural);
  c.existence = Existence::unmanaged;
  CHECK(assess(c).level == RiskLevel::medium);
  c.type = "aws_iam_user";
  CHECK(assess(c).level == RiskLevel::high);
}

TEST_CASE("equal levels are decided by the id, whatever the order") {
  const auto parse = [](const char* first, const char* second) {
    const auto rule = [](const char* id) {
      return std::string(R"({"type":"*","path":"a","class":"security","level":"high","why":"w","id":")") + id + "\"}";
    };
    return RiskRules::parse(R"({"version":1,"rules":[)" + rule(first) + "," + rule(second) + "]}");
  };
  const ResourceComparison c = of("t", {change("a", Value(1), Value(2))});
  CHECK(parse("b", "a")->assess(c).rule == "a");
  CHECK(parse("a", "b")->assess(c).rule == "a");
  const auto twice = parse("a", "a");
  REQUIRE_FALSE(twice.ok());
  CHECK(twice.error().code() == Errc::invalid_rule);
}

TEST_CASE("a secret may be judged, and `why` never tells it") {
  Value before("10.0.0.0/8 canary-one"), after("0.0.0.0/0 canary-two");
  before.mark(Secret::plain);
  after.mark(Secret::plain);
  const Risk r = assess(of("local_sensitive_file", {change("content", before, after)}));
  CHECK(r.level == RiskLevel::critical);
  CHECK(r.why.find("canary") == std::string::npos);
}

TEST_CASE("a file of rules has a version") {
  CHECK(RiskRules::parse(R"({"version":1,"rules":[]})")->size() == 0);
  for (const char* json : {R"({"rules":[]})", R"({"version":2,"rules":[]})", R"({"version":1})", R"([])", "{"})
    CHECK_FALSE(RiskRules::parse(json).ok());
}
