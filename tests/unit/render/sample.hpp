// A report for the renderers' tests.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "drift/classify/classify.hpp"

namespace drift::test {

inline Change change(const char* path, std::optional<Value> recorded, std::optional<Value> actual) {
  Change c;
  c.path = *Path::parse(path);
  c.recorded = std::move(recorded);
  c.actual = std::move(actual);
  c.kind = !c.recorded ? ChangeKind::added : !c.actual ? ChangeKind::removed : ChangeKind::modified;
  c.why = "value";
  return c;
}

inline Finding finding(const char* address, const char* type, Verdict verdict, RiskLevel level, const char* why) {
  Finding f;
  f.address = address;
  f.type = type;
  f.verdict = verdict;
  f.fingerprint = finding_fingerprint(address, type);
  f.risk = {level, RiskClass::behavioural, RiskDirection::neutral, why, "some.rule"};
  f.basis = {false, true, true, false};
  return f;
}

// One finding with one change.
inline Report report_of(Change c, Basis basis = {false, true, true, false}) {
  Report r;
  r.basis = {false, true, true, false};
  Finding f = finding("a.b", "a", Verdict::changed, RiskLevel::medium, "w");
  f.basis = basis;
  f.changes.push_back(std::move(c));
  r.findings.push_back(std::move(f));
  r.summary = {.checked = 1, .drifted = 1, .changed = 1};
  return r;
}

inline Value secret(const char* text, Secret mark = Secret::plain) {
  Value v(text);
  v.mark(mark);
  return v;
}

// Something of everything.
inline Report sample() {
  Report r;
  r.complete = false;
  r.basis = {false, true, true, false};
  r.elapsed = std::chrono::milliseconds(8234);
  r.summary = {
      .checked = 1204, .drifted = 3, .changed = 1, .deleted = 1, .unmanaged = 1, .unreadable = 2, .unsupported = 1, .suppressed = 3};

  Finding queue = finding("aws_sqs_queue.jobs", "aws_sqs_queue", Verdict::deleted, RiskLevel::high, "the resource no longer exists");
  Finding group =
      finding("aws_security_group.web", "aws_security_group", Verdict::changed, RiskLevel::critical, "security group opened to the world");
  group.changes.push_back(change("ingress[0].cidr_blocks[0]", Value("10.0.0.0/8"), Value("0.0.0.0/0")));
  group.changes.push_back(change("tags.Temp", std::nullopt, Value("yes")));
  group.changes.push_back(change("timeout", Value(3), std::nullopt));
  Change name = change("name", Value("web"), Value("web2"));
  name.forces_replacement = true;
  group.changes.push_back(name);
  group.changes.push_back(change("token", secret("canary-sample-token-1"), secret("canary-sample-token-2")));
  Change size = change("size", Value(1), Value(3));
  size.relation = Relation::conflict;
  size.desired = Value(2);
  group.changes.push_back(size);
  Finding user = finding("aws_iam_user.eve", "aws_iam_user", Verdict::unmanaged, RiskLevel::high, "access exists that nobody declared");
  r.findings = {user, group, queue};

  r.errors.push_back({"aws_db_instance.main", "aws_db_instance", Verdict::unreadable,
                      Error(Errc::read_auth, "the credentials were refused").at("aws_db_instance.main").next("check AWS_PROFILE")});
  r.errors.push_back({"aws_db_instance.spare", "aws_db_instance", Verdict::unreadable,
                      Error(Errc::read_auth, "the credentials were refused").at("aws_db_instance.spare").next("check AWS_PROFILE")});
  r.errors.push_back(
      {"null_resource.x", "null_resource", Verdict::unsupported, Error(Errc::read_unsupported, "no provider reads this type")});
  r.notes.push_back({"rule_unused", "", "the rule \"old\" matched nothing"});

  Suppressed quiet;
  quiet.address = "aws_instance.a";
  quiet.type = "aws_instance";
  Change tag = change("tags.x", Value("1"), Value("2"));
  tag.rule = "our-tags";
  tag.mode = IgnoreMode::mute;
  tag.reason = "set by the cost tool";
  Change order = change("names", Value(Value::List{Value("a"), Value("b")}), Value(Value::List{Value("b"), Value("a")}));
  order.rule = "schema:set";
  quiet.changes = {order, tag};
  Suppressed gone;
  gone.address = "aws_instance.tmp";
  gone.type = "aws_instance";
  gone.verdict = Verdict::deleted;
  gone.rule = "short-lived";
  gone.mode = IgnoreMode::hide;
  r.suppressed = {quiet, gone};
  return r;
}

}  // namespace drift::test
