// What a plugin lists.
#include <doctest/doctest.h>

#include "unit/provider/pulumi/world.hpp"

using namespace drift;                         // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal;        // NOLINT(google-build-using-namespace)
using namespace drift::pulumi_internal::test;  // NOLINT(google-build-using-namespace)
using drift::test::HurriedClock;
using drift::test::on;

TEST_CASE("pulumi provider: what a plugin lists, page by page") {
  World w;
  CHECK(w.read().is_found());
  CHECK(w.provider->list({}, [](Resource) {}, {}).error().code() == Errc::read_unsupported);
  std::vector<std::string> asked;
  w.peer.methods["List"] = [&](std::string_view bytes) {
    const Fields f(bytes);
    asked.push_back(f.text(1) + " " + f.text(5));
    if (f.text(5).empty()) return ok(Message().text(3, Message().text(1, "more").bytes()));
    return ok(Message().text(2, Message().text(1, "i-9").text(2, "nine").bytes()));
  };
  std::vector<std::string> found;
  REQUIRE(w.provider->list({}, [&](Resource r) { found.push_back(r.address + " " + r.type + " " + r.id); }, {}).ok());
  CHECK(asked == Lines{"acme:index:Thing ", "acme:index:Thing more"});
  CHECK(found == Lines{"acme:index:Thing (i-9) acme:index:Thing i-9"});
}

namespace {

struct Listing {
  World w;
  std::vector<std::string> found;

  Listing() { CHECK(w.read().is_found()); }
  // A clock that hurries does so until something is told: a start has its time, too.
  Status list(OpContext ctx = {}, const HurriedClock* until_told = nullptr) {
    found.clear();
    const LogSink log = [this, until_told](const LogRecord& record) {
      if (record.code != provider_warning) return;
      w.notes.emplace_back(record.message);
      if (until_told != nullptr) until_told->hurry(Clock::Duration(0));
    };
    ctx.log = &log;
    return w.provider->list(
        {}, [this](Resource r) { found.push_back(r.id); }, ctx);
  }
  // As many pages as are asked for, with `each` resources on it.
  void pages(int each) {
    w.peer.methods["List"] = [each, n = std::make_shared<int>(0)](std::string_view) {
      Message page;
      for (int i = 0; i < each; ++i) page.text(2, Message().text(1, "i-" + std::to_string(*n)).bytes());
      return ok(page.text(3, Message().text(1, "page " + std::to_string(++*n)).bytes()));
    };
  }
};

}  // namespace

TEST_CASE("pulumi provider: a list of which nothing comes for minutes is given up, and costs no other list") {
  Listing l;
  l.w.peer.methods["List"] = [](std::string_view) { return never(); };
  const HurriedClock clock(std::chrono::seconds(20));
  REQUIRE(l.list(on(clock)).ok());
  REQUIRE(l.w.notes.size() == 1);
  CHECK(l.w.notes.front().find("not all of acme:index:Thing could be listed: the plugin did not answer in time") != std::string::npos);
  CHECK(l.w.peer.asked("List").size() == 1);
  l.w.peer.methods["List"] = [](std::string_view) { return ok(Message().text(2, Message().text(1, "i-9").bytes())); };
  CHECK(l.list().ok());
  CHECK(l.found == Lines{"i-9"});
  CHECK(l.w.peer.asked("Configure").size() == 2);  // of the one that hung nobody asks anything more
}

TEST_CASE("pulumi provider: when two lists in a row are silent, its other types are left") {
  Listing l;
  for (const char* type : {"acme:index:A", "acme:index:B", "acme:index:C"}) {
    l.w.type = type;
    CHECK(l.w.read().is_found());
  }
  const HurriedClock clock(Clock::Duration(0));
  l.w.peer.methods["List"] = [&clock](std::string_view) {
    clock.hurry(std::chrono::seconds(20));
    return never();
  };
  REQUIRE(l.list(on(clock), &clock).ok());
  CHECK(l.w.peer.asked("List").size() == 2);
  CHECK(l.w.peer.asked("Configure").size() == 2);
  REQUIRE(l.w.notes.size() == 3);
  CHECK(l.w.notes.back().find("the 2 types that are left were not listed") != std::string::npos);
}

TEST_CASE("pulumi provider: pages of which each is in time do not take for ever") {
  Listing l;
  const HurriedClock clock(Clock::Duration(0));
  l.w.peer.methods["List"] = [&clock, n = std::make_shared<int>(0)](std::string_view) {
    clock.sleep(std::chrono::minutes(4));
    return ok(Message().text(3, Message().text(1, std::to_string(++*n)).bytes()));
  };
  REQUIRE(l.list(on(clock)).ok());
  CHECK(l.w.peer.asked("List").size() == 8);
  REQUIRE(l.w.notes.size() == 1);
  CHECK(l.w.notes.front().find("the list was not at its end after 30 minutes") != std::string::npos);
  CHECK(l.w.peer.asked("Configure").size() == 1);
}

TEST_CASE("pulumi provider: no more is listed than the settings say, over all pages") {
  Listing l;
  l.w.provider.reset();
  l.w.options.settings.max_listed = 5;
  CHECK(l.w.read().is_found());
  l.pages(1);
  const Status cut = l.list();
  REQUIRE_FALSE(cut.ok());
  CHECK(cut.error().code() == Errc::read_failed);
  CHECK(cut.error().to_string().find("not all of acme:index:Thing could be listed: the provider has more") != std::string::npos);
  CHECK(cut.error().next_step().find("`max_listed` under `providers.pulumi`") != std::string::npos);
  CHECK(l.found == Lines{"i-0", "i-1", "i-2", "i-3", "i-4"});
  l.w.peer.methods["List"] = [n = std::make_shared<int>(0)](std::string_view) {
    Message page;
    page.text(2, Message().text(1, "i-" + std::to_string(*n)).bytes());
    return ok(++*n < 5 ? page.text(3, Message().text(1, std::to_string(*n)).bytes()) : page);
  };
  CHECK(l.list().ok());
  CHECK(l.found.size() == 5);
}

TEST_CASE("pulumi provider: pages that do not come to an end are no list") {
  Listing l;
  SUBCASE("without anything on them") { l.pages(0); }
  SUBCASE("where one leads to itself") {
    l.w.peer.methods["List"] = [](std::string_view) { return ok(Message().text(3, Message().text(1, "again").bytes())); };
  }
  REQUIRE(l.list().ok());
  REQUIRE(l.w.notes.size() == 1);
  CHECK(l.w.notes.front().find("the plugin's pages did not come to an end") != std::string::npos);
}

TEST_CASE("pulumi provider: the plugin that was lost since it was read is started anew to list") {
  Listing l;
  l.w.peer.methods["List"] = [](std::string_view) { return ok(Message().text(2, Message().text(1, "i-9").bytes())); };
  l.w.peer.methods["Read"] = [](std::string_view) { return lost(); };
  CHECK(l.w.read().is_failed());
  CHECK(l.list().ok());
  CHECK(l.found == Lines{"i-9"});
}
