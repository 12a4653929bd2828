#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "drift/classify/classify.hpp"

using namespace drift;

namespace {

Judged judged(const std::string& address, Existence existence = Existence::present, const std::string& lane = "") {
  Judged j;
  j.comparison.address = address;
  j.comparison.type = "t";
  j.comparison.existence = existence;
  j.comparison.basis.recorded = true;
  j.comparison.basis.actual = existence != Existence::unread;
  j.lane = lane;
  return j;
}

Change change(const char* path, Relation relation = Relation::drift) {
  Change c;
  c.path = *Path::parse(path);
  c.relation = relation;
  c.recorded = Value(1);
  c.actual = Value(2);
  return c;
}

Judged changed(const std::string& address, Relation relation = Relation::drift) {
  Judged j = judged(address);
  j.comparison.changes.push_back(change("a", relation));
  return j;
}

Judged failed(const std::string& address, Errc code) {
  Judged j = judged(address, Existence::unread);
  j.error = Error(code, "it failed");
  return j;
}

std::string shape(const Report& r) {
  std::string out;
  for (const Finding& f : r.findings) out += f.address + ' ' + std::string(verdict_name(f.verdict)) + '\n';
  for (const Suppressed& s : r.suppressed) out += "suppressed " + s.address + ' ' + s.rule + '\n';
  for (const ReportError& e : r.errors)
    out += "error " + e.address + ' ' + std::string(verdict_name(e.verdict)) + ' ' + e.error.to_string() + '\n';
  for (const Note& n : r.notes) out += "note " + n.code + ' ' + n.message + '\n';
  return out;
}

}  // namespace

TEST_CASE("verdicts and counts") {
  Classifier c;
  c.add(judged("same"));
  c.add(changed("changed"));
  c.add(judged("deleted", Existence::deleted));
  c.add(judged("unmanaged", Existence::unmanaged));
  c.add(changed("pending", Relation::pending));
  c.add(changed("converged", Relation::converged));
  c.add(changed("conflict", Relation::conflict));
  c.add(judged("absent", Existence::absent));
  c.add_same(1000, Basis{false, true, true, false});
  c.add_skipped(5);
  const Report r = std::move(c).finish();
  CHECK(r.complete);
  CHECK_FALSE(r.clean());
  CHECK(r.summary.checked == 1008);
  CHECK(r.summary.drifted == 4);
  CHECK(r.summary.changed == 2);
  CHECK(r.summary.deleted == 1);
  CHECK(r.summary.unmanaged == 1);
  CHECK(r.summary.pending == 1);
  CHECK(r.summary.skipped == 5);
  CHECK(shape(r) == "changed changed\nconflict changed\ndeleted deleted\nunmanaged unmanaged\n");
  CHECK(r.basis == Basis{false, true, true, false});
  CHECK(r.findings[2].risk.level == RiskLevel::high);
  CHECK(r.findings[2].fingerprint == finding_fingerprint("deleted", "t"));
}

TEST_CASE("a failed read is never a deletion and never clean") {
  Classifier c;
  c.add_same(3, {});
  c.add(failed("b", Errc::read_auth));
  c.add(failed("a", Errc::read_unsupported));
  const Report r = std::move(c).finish();
  CHECK_FALSE(r.complete);
  CHECK_FALSE(r.clean());
  CHECK(r.summary.checked == 3);
  CHECK(r.summary.drifted == 0);
  CHECK(r.summary.unreadable == 1);
  CHECK(r.summary.unsupported == 1);
  CHECK(shape(r) == "error a unsupported it failed [E_READ_UNSUPPORTED]\nerror b unreadable it failed [E_READ_AUTH]\n");
}

TEST_CASE("what nobody read is no silence") {
  Classifier c;
  c.add(judged("x", Existence::unread));
  const Report r = std::move(c).finish();
  CHECK_FALSE(r.complete);
  CHECK(r.summary.unreadable == 1);
  CHECK(r.summary.checked == 0);
}

TEST_CASE("an error about the whole scan makes it incomplete") {
  Classifier c;
  c.add_same(1, {});
  c.add_error(Error(Errc::deadline, "the time was over"));
  const Report r = std::move(c).finish();
  CHECK_FALSE(r.complete);
  CHECK(r.summary.unreadable == 0);
  CHECK(r.errors[0].address.empty());
}

TEST_CASE("what a rule took out is kept, with the rule") {
  Judged gone = judged("gone", Existence::deleted);
  gone.comparison.existence_rule = "tmp";
  gone.comparison.existence_mode = IgnoreMode::mute;
  gone.comparison.existence_reason = "short-lived";
  Judged watched = judged("watched", Existence::deleted);
  watched.comparison.existence_rule = "watch";
  watched.comparison.existence_mode = IgnoreMode::watch_only;
  Judged quiet = judged("quiet");
  quiet.comparison.suppressed = {change("a"), change("b")};
  Judged both = changed("both");
  both.comparison.suppressed = {change("b")};
  Classifier c;
  for (Judged* j : {&gone, &watched, &quiet, &both}) c.add(std::move(*j));
  const Report r = std::move(c).finish();
  CHECK(shape(r) == "both changed\nwatched deleted\nsuppressed both \nsuppressed gone tmp\nsuppressed quiet \n");
  CHECK(r.summary.suppressed == 4);
  CHECK(r.summary.drifted == 2);
  CHECK(r.summary.checked == 4);
  CHECK(r.suppressed[1].verdict == Verdict::deleted);
  CHECK(r.suppressed[1].reason == "short-lived");
  CHECK(r.complete);
}

TEST_CASE("mass deletion in one lane is a fault, in the other lanes deletions are believed") {
  const auto run = [](std::size_t absent, std::size_t present) {
    Classifier c({.breaker = {4, 0.5, 5}});
    for (std::size_t i = 0; i < absent; ++i) c.add(judged("a" + std::to_string(i), Existence::deleted, "east"));
    for (std::size_t i = 0; i < present; ++i) c.add(judged("p" + std::to_string(i), Existence::present, "east"));
    c.add(judged("west", Existence::deleted, "west"));
    c.add(judged("document", Existence::deleted));
    return std::move(c).finish();
  };
  const Report broken = run(4, 4);
  CHECK_FALSE(broken.complete);
  CHECK(broken.summary.deleted == 2);
  CHECK(broken.summary.unreadable == 4);
  CHECK(broken.summary.checked == 6);
  REQUIRE(broken.errors.size() == 4);
  CHECK(broken.errors[0].error.code() == Errc::mass_deletion);
  CHECK(broken.errors[0].verdict == Verdict::unreadable);
  CHECK(broken.errors[0].error.next_step().find("credentials") != std::string::npos);
  CHECK(run(3, 0).summary.deleted == 5);  // too few
  CHECK(run(4, 5).summary.deleted == 6);  // too small a share
  CHECK(run(4, 5).complete);
}

TEST_CASE("what is expected or accepted to be gone says nothing of the credentials") {
  Classifier c({.breaker = {2, 0.5}});
  for (int i = 0; i < 10; ++i) c.add(judged("absent" + std::to_string(i), Existence::absent, "l"));
  for (int i = 0; i < 10; ++i) {
    Judged ignored = judged("ignored" + std::to_string(i), Existence::deleted, "l");
    ignored.comparison.existence_rule = "tmp";
    ignored.comparison.existence_mode = IgnoreMode::hide;
    c.add(std::move(ignored));
  }
  c.add(judged("a", Existence::deleted, "l"));
  c.add(judged("b", Existence::deleted, "l"));
  const Report r = std::move(c).finish();
  CHECK(r.summary.unreadable == 2);
  CHECK(r.summary.deleted == 0);
  CHECK(r.summary.suppressed == 10);
}

TEST_CASE("resources in sync that were read through a lane speak for it") {
  Classifier c({.breaker = {2, 0.5}});
  c.add(judged("a", Existence::deleted, "l"));
  c.add(judged("b", Existence::deleted, "l"));
  c.add_same(10, {}, "l");
  CHECK(std::move(c).finish().summary.deleted == 2);
}

TEST_CASE("the order of adding cannot be seen") {
  const auto fill = [](std::vector<int> order) {
    Classifier c({.breaker = {2, 0.5}});
    for (const int i : order) switch (i) {
        case 0:
          c.add(changed("b"));
          break;
        case 1:
          c.add(changed("a"));
          break;
        case 2:
          c.add(judged("z", Existence::deleted, "l"));
          break;
        case 3:
          c.add(judged("y", Existence::deleted, "l"));
          break;
        case 4:
          c.add(failed("c", Errc::read_failed));
          break;
        case 5:
          c.add_error(Error(Errc::cancelled, "stopped"));
          break;
        case 6:
          c.add_note({"n", "", "second"});
          break;
        case 7:
          c.add_note({"n", "", "first"});
          break;
        default:
          c.add_error(Error(Errc::cancelled, "halted"));
          break;
      }
    return shape(std::move(c).finish());
  };
  std::vector<int> order{0, 1, 2, 3, 4, 5, 6, 7, 8};
  const std::string expected = fill(order);
  CHECK(expected.find("error y unreadable") != std::string::npos);
  for (int i = 0; i < 200; ++i) {
    std::next_permutation(order.begin(), order.end());
    std::rotate(order.begin(), order.begin() + i % 9, order.end());
    CHECK(fill(order) == expected);
  }
}

TEST_CASE("a finding's fingerprint is stable and tells address from type") {
  CHECK(finding_fingerprint("a", "b").size() == 32);
  CHECK(finding_fingerprint("a", "b") == sha256_hex(std::string("libdrift-finding-v1\0a\0b", 23)).substr(0, 32));
  CHECK(finding_fingerprint("ab", "") != finding_fingerprint("a", "b"));
}
