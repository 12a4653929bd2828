// Secrets in every place that can hold a value, looked for in every output and in every encoding that a renderer might use by mistake.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "drift/model/json.hpp"
#include "drift/render/render.hpp"
#include "sample.hpp"
#include "third/digest.hpp"

using namespace drift;

namespace {

// With what JSON, a shell and a terminal escape in it, so that a leak cannot hide behind an escape.
const std::string canary = "cAnary\"\\\n\x01-S3cr3t-\u00e9-value-7f3a";
// The same with its last letter changed: a diff would show what is common.
const std::string canary2 = "cAnary\"\\\n\x01-S3cr3t-\u00e9-value-7f3b";

Value marked(const std::string& text, Secret mark = Secret::plain) {
  Value v(text);
  v.mark(mark);
  return v;
}

Value nested(const std::string& text) {
  Object inner;
  inner.set("password", marked(text));
  inner.set("user", Value("app"));
  Object outer;
  outer.set("db", Value::List{Value(inner)});
  return outer;
}

Value marked_tree(const std::string& text) {
  Object o;
  o.set("k", Value(text));
  Value v(o);
  v.mark(Secret::plain);
  return v;
}

std::vector<Change> changes() {
  std::vector<Change> out;
  for (const Relation relation : {Relation::drift, Relation::pending, Relation::converged, Relation::conflict}) {
    Change scalar = test::change("scalar", marked(canary), marked(canary2));
    scalar.desired = marked(canary + "d");
    scalar.baseline = marked(canary + "b");
    scalar.relation = relation;
    out.push_back(scalar);
    Change tree = test::change("tree", nested(canary), nested(canary2));
    tree.desired = marked_tree(canary);
    tree.baseline = marked_tree(canary2);
    tree.relation = relation;
    out.push_back(tree);
  }
  out.push_back(test::change("added", std::nullopt, marked(canary)));
  out.push_back(test::change("removed", marked(canary), std::nullopt));
  out.push_back(test::change("long", marked(std::string(300, 'x') + canary), marked(std::string(300, 'x') + canary2)));
  out.push_back(test::change("only_one_side_marked", marked(canary), Value(canary2)));
  out.push_back(test::change("the_other_side_marked", Value(canary), marked(canary2)));
  Object plain;
  plain.set("password", Value(canary2));
  out.push_back(test::change("marks_missing_below", nested(canary), Value(Object({{"db", Value::List{Value(plain)}}}))));
  out.push_back(test::change("other_shape", nested(canary), Value(canary2)));
  Change flagged = test::change("flagged", Value(canary), Value(canary2));
  flagged.sensitive = true;
  out.push_back(flagged);
  for (const Secret mark : {Secret::ciphertext, Secret::digest})
    out.push_back(test::change("sealed", marked(canary, mark), marked(canary2, mark)));
  return out;
}

Report report() {
  Report r;
  Finding f = test::finding("a.b", "a", Verdict::changed, RiskLevel::high, "w");
  f.basis = {true, true, true, true};
  f.changes = changes();
  // Each also as a finding of its own, because a long list of changes is cut.
  for (const Change& c : f.changes) {
    Finding own = f;
    own.changes = {c};
    r.findings.push_back(own);
  }
  r.findings.push_back(f);
  Suppressed s;
  s.address = "a.b";
  s.type = "a";
  s.changes = changes();
  for (const Change& c : s.changes) {
    Suppressed own = s;
    own.changes = {c};
    r.suppressed.push_back(own);
  }
  r.suppressed.push_back(s);
  r.summary.suppressed = s.changes.size();
  return r;
}

std::vector<std::string> outputs() {
  const Report r = report();
  std::vector<std::string> out{render_json(r, true), render_json(r, false)};
  for (const bool color : {true, false})
    for (const bool unicode : {true, false})
      for (const std::size_t width : {0U, 40U, 80U, 400U}) {
        const TextOptions o{.color = color, .unicode = unicode, .width = width, .show_suppressed = true};
        out.push_back(render_text(r, o));
        out.push_back(render_explain(r, "a.b", o));
      }
  return out;
}

}  // namespace

TEST_CASE("no secret reaches any output in any encoding") {
  std::vector<std::string> forbidden;
  for (const std::string part : {"cAnary", "S3cr3t", "value-7f3", "7f3a", "7f3b"}) {
    forbidden.push_back(part);
    forbidden.push_back(third::hex(part));
  }
  for (const std::string& whole : {canary, canary2}) {
    for (std::size_t shift = 0; shift < 3; ++shift) {
      // Base64 of the inner bytes at each of the three alignments.
      const std::string b64 = third::base64(whole.substr(shift, 18));
      forbidden.push_back(b64);
    }
    std::string escaped;
    append_json_string(escaped, whole);
    forbidden.push_back(escaped.substr(1, escaped.size() - 2));
    forbidden.push_back(sha256_hex(whole));
    forbidden.push_back(sha256_hex(whole).substr(0, 8));
  }
  for (const std::string& text : outputs())
    for (const std::string& word : forbidden) {
      CAPTURE(word);
      CHECK(text.find(word) == std::string::npos);
    }
}

TEST_CASE("the length of a secret cannot be told from the output") {
  const auto with = [](const std::string& secret) {
    Report r = test::report_of(test::change("a", marked("x"), marked(secret)));
    r.findings[0].changes.push_back(test::change("t", nested("x"), nested(secret)));
    r.findings[0].changes.push_back(test::change("s", std::nullopt, marked_tree(secret)));
    return render_json(r) + render_text(r) + render_explain(r, "a.b");
  };
  CHECK(with("y") == with(std::string(5000, 'y') + "\n\n"));
}
