#include "engine/live.hpp"

#include <future>
#include <stdexcept>

#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)

namespace {

// The report of a scan whose reads are recorded below `dir`, where no secret may stand.
Result<Report> recorded(const TempDir& dir, ScanRequest& request) {
  ReadRecorder recorder(dir.path("reads"));
  request.recorder = &recorder;
  Result<Report> report = scan(request);
  request.recorder = nullptr;
  REQUIRE(report.ok());
  REQUIRE(recorder.finish(system_clock()).ok());
  CHECK(dir.read("reads/reads.jsonl").find("CANARY") == std::string::npos);
  return report;
}

}  // namespace

TEST_CASE("live: found, changed, gone, unreadable and unsupported are told apart") {
  const auto provider = std::make_shared<FakeProvider>();
  provider->has(resource("same", R"({"x":1})"));
  provider->has(resource("changed", R"({"x":2})"));
  provider->fails("denied", Errc::permission);
  Resource foreign = resource("foreign", "{}", "cloud");
  const ScanRequest request = request_for(provider, {resource("same", R"({"x":1})"), resource("changed", R"({"x":1})"),
                                                     resource("gone", "{}"), resource("denied", "{}"), foreign});
  const Result<Report> report = scan(request);
  REQUIRE(report.ok());
  CHECK(outline(*report) == "changed changed\ngone deleted\ndenied !E_PERMISSION\nforeign !E_READ_UNSUPPORTED\n+3");
  CHECK(!report->complete);
  CHECK(report->summary.unreadable == 1);
  CHECK(report->summary.unsupported == 1);
  CHECK(report->basis.recorded);
  CHECK(report->basis.actual);
  CHECK(!report->basis.baseline);
  for (const ReportError& e : report->errors)
    if (e.address == "foreign") CHECK(e.error.next_step().find("`exclude`") != std::string::npos);
}

TEST_CASE("live: a deletion that the provider itself told is told apart, in a replay too") {
  const TempDir dir;
  const auto provider = std::make_shared<FakeProvider>();
  for (const char* name : {"a", "b", "c", "d"}) provider->has(resource(name, "{}"));
  provider->answers["told"] = [] { return ReadOutcome::absent("the provider says that it is gone"); };
  ScanRequest request = request_for(provider, {resource("a", "{}"), resource("b", "{}"), resource("c", "{}"), resource("d", "{}"),
                                               resource("told", "{}"), resource("gone", "{}")});
  const Result<Report> report = recorded(dir, request);
  request.providers = *make_replay_providers(dir.path("reads"), request.providers);
  const Result<Report> again = scan(request);
  REQUIRE(again.ok());
  for (const Report* r : {&*report, &*again}) {
    CHECK(r->summary.deleted == 2);
    const auto told = std::count_if(r->notes.begin(), r->notes.end(), [](const Note& n) { return n.code == "deleted_by_provider"; });
    CHECK(told == 1);
    CHECK(has_note(*r, "deleted_by_provider", "the provider says that it is gone"));
  }
}

TEST_CASE("live: what no provider reads says which entry of the project file is missing, where its state names a Terraform provider") {
  const auto provider = std::make_shared<FakeProvider>();
  Resource terraform = resource("aws_x.y", "{}", "aws_x"), builtin = resource("terraform_data.z", "{}", "terraform_data");
  terraform.provider = R"(provider["registry.terraform.io/hashicorp/aws"].west)";
  builtin.provider = R"(provider["terraform.io/builtin/terraform"])";
  const Result<Report> report = scan(request_for(provider, {terraform, builtin}));
  REQUIRE(report.ok());
  CHECK(outline(*report) == "aws_x.y !E_READ_UNSUPPORTED\nterraform_data.z !E_READ_UNSUPPORTED\n+0");
  CHECK(report->errors.at(0).error.next_step().find("`providers: {aws.west: }`") != std::string::npos);
  CHECK(report->errors.at(1).error.next_step().find("providers:") == std::string::npos);
}

TEST_CASE("live: components, providers, deposed and half-replaced resources are skipped, and said so") {
  const auto provider = std::make_shared<FakeProvider>();
  provider->has(resource("real", "{}"));
  Resource component = resource("component", "{}");
  component.kind = ResourceKind::component;
  Resource engine_provider = resource("provider", "{}");
  engine_provider.kind = ResourceKind::provider;
  Resource deposed = resource("real (deposed 1a2b3c4d)", "{}");
  deposed.pending_delete = true;
  Resource half = resource("half", "{}");
  half.pending_replacement = true;
  const Result<Report> report = scan(request_for(provider, {resource("real", "{}"), component, engine_provider, deposed, half}));
  REQUIRE(report.ok());
  CHECK(outline(*report) == "+1");
  CHECK(report->summary.skipped == 4);
  CHECK(provider->asked == std::vector<std::string>{"real"});
  CHECK(has_note(*report, "deposed_skipped", "deposed 1a2b3c4d"));
  CHECK(has_note(*report, "replacement_skipped", "half"));
}

TEST_CASE("live: external resources are read like others") {
  const auto provider = std::make_shared<FakeProvider>();
  Resource external = resource("external", R"({"x":1})");
  external.external = true;
  CHECK(outline(scan(request_for(provider, {external}))) == "external deleted\n+1");
}

TEST_CASE("live: what only the baseline knows is read too, so that a refresh cannot hide a deletion") {
  const auto provider = std::make_shared<FakeProvider>();
  provider->has(resource("kept", R"({"x":1})"));
  ScanRequest request = request_for(provider, {resource("kept", R"({"x":1})")});
  request.baseline = document({resource("laundered", R"({"x":1})")}, Side::baseline);
  const Result<Report> report = scan(request);
  CHECK(outline(report) == "laundered deleted\n+2");
  CHECK(report->basis.baseline);
}

TEST_CASE("live: a deletion that was accepted is none, and is found out when the resource comes back") {
  const auto provider = std::make_shared<FakeProvider>();
  Resource tombstone = resource("retired", R"({"x":1})");
  tombstone.absent = true;
  ScanRequest request = request_for(provider, {resource("retired", R"({"x":1})")});
  request.baseline = document({tombstone}, Side::baseline);
  CHECK(outline(scan(request)) == "+1");
  request.state = document({});
  CHECK(outline(scan(request)) == "+1");
  provider->has(resource("retired", R"({"x":1})"));
  CHECK(outline(scan(request)) == "retired unmanaged\n+1");
}

TEST_CASE("live: what is only desired is pending and not read; alone, it is what is expected") {
  const auto provider = std::make_shared<FakeProvider>();
  provider->has(resource("old", R"({"x":1})"));
  ScanRequest request = request_for(provider, {resource("old", R"({"x":1})")});
  request.desired = document({resource("old", R"({"x":1})"), resource("new", R"({"x":1})")});
  const Result<Report> report = scan(request);
  CHECK(outline(report) == "+1");
  CHECK(report->complete);
  CHECK(report->summary.pending == 1);
  CHECK(provider->asked == std::vector<std::string>{"old"});

  request.state.reset();
  provider->has(resource("new", R"({"x":2})"));
  CHECK(outline(scan(request)) == "new changed\n+2");
}

TEST_CASE("live: many windows give one report, the same for any number of threads") {
  const auto provider = std::make_shared<FakeProvider>();
  std::vector<Resource> recorded;
  for (int i = 0; i < 2500; ++i) {
    const std::string address = "r" + std::to_string(i);
    recorded.push_back(resource(address, R"({"x":1})"));
    if (i % 100 != 7) provider->has(resource(address, i % 100 == 3 ? R"({"x":2})" : R"({"x":1})"));
  }
  ScanRequest request = request_for(provider, recorded);
  std::size_t last = 0, total = 0;
  request.scheduler.progress = [&](std::size_t done, std::size_t all) {
    CHECK(done >= last);
    last = done;
    total = all;
  };
  const Result<Report> one = scan(request);
  REQUIRE(one.ok());
  CHECK(one->summary.checked == 2500);
  CHECK(one->summary.changed == 25);
  CHECK(one->summary.deleted == 25);
  CHECK(last == 2500);
  CHECK(total == 2500);
  request.scheduler.parallel = 8;
  request.scheduler.progress = {};
  const Result<Report> eight = scan(request);
  REQUIRE(eight.ok());
  CHECK(render_json(*one) == render_json(*eight));
}

TEST_CASE("live: a scan that is cancelled on its way reports what it knows, as incomplete") {
  const auto provider = std::make_shared<FakeProvider>();
  std::vector<Resource> recorded;
  for (int i = 0; i < 1500; ++i) {
    recorded.push_back(resource("r" + std::to_string(i), R"({"x":1})"));
    provider->has(resource("r" + std::to_string(i), i == 0 ? R"({"x":2})" : R"({"x":1})"));
  }
  ScanRequest request = request_for(provider, recorded);
  provider->on_read = [&, n = 0]() mutable {
    if (++n == 100) request.context.cancel.cancel();
  };
  const Result<Report> report = scan(request);
  REQUIRE_MESSAGE(report.ok(), report.error().to_string());
  CHECK(!report->complete);
  CHECK(report->findings.size() == 1);
  CHECK(report->summary.checked < 200);
  CHECK(report->summary.checked + report->summary.unreadable == 1500);
  CHECK(report->errors.front().address.empty());  // about the scan as a whole
  CHECK(report->errors.front().error.code() == Errc::cancelled);
}

TEST_CASE("live: a scan that could do nothing at all is an error") {
  const auto provider = std::make_shared<FakeProvider>();
  ScanRequest request = request_for(provider, {resource("a", "{}")});
  provider->on_read = [&] { request.context.cancel.cancel(); };
  CHECK(outline(scan(request)) == "E_CANCELLED");
}

TEST_CASE("live: a deadline is no deletion") {
  const auto provider = std::make_shared<FakeProvider>();
  const FixedClock clock;
  ScanRequest request = request_for(provider, {resource("a", R"({"x":1})"), resource("b", "{}")});
  provider->has(resource("a", R"({"x":2})"));
  request.context.clock = &clock;
  request.context.deadline = Deadline::after(clock, std::chrono::seconds(5));
  provider->on_read = [&, n = 0]() mutable {
    if (++n == 2) clock.sleep(std::chrono::seconds(6));
  };
  const Result<Report> report = scan(request);
  REQUIRE(report.ok());
  CHECK(report->summary.deleted == 0);
  CHECK(!report->complete);
  CHECK(report->elapsed >= std::chrono::seconds(6));
}

TEST_CASE("live: unmanaged resources, where providers can list and somebody asks") {
  const auto provider = std::make_shared<FakeProvider>();
  provider->has(resource("a", "{}"));
  provider->listed = {resource("a", "{}"), resource("stray", "{}"), resource("z-excluded", "{}")};
  Resource renamed = resource("other-name", "{}");
  renamed.id = "id-of-a";
  provider->listed.push_back(renamed);
  ScanRequest request = request_for(provider, {resource("a", "{}")});
  request.excludes = {"z-*"};
  CHECK(!has_note(*scan(request), "cannot_list"));
  request.find_unmanaged = true;
  const Result<Report> cannot = scan(request);
  CHECK(outline(cannot) == "+1");
  CHECK(has_note(*cannot, "cannot_list", "fake"));
  provider->lists = true;
  const Result<Report> can = scan(request);
  CHECK(outline(can) == "stray unmanaged\n+2");
  CHECK(!has_note(*can, "cannot_list"));
}

TEST_CASE("live: what a side knows is not unmanaged under another name, also when it was not read") {
  const auto provider = std::make_shared<FakeProvider>();
  provider->lists = true;
  provider->has(resource("a", "{}"));
  Resource deposed = resource("deposed", "{}");
  deposed.pending_delete = true;
  const std::vector<Resource> recorded = {resource("a", "{}"), resource("excluded", "{}"), deposed};
  for (const char* known : {"a", "excluded", "deposed", "planned", "accepted"}) {
    Resource listed = resource(std::string("other-") + known, "{}");
    listed.id = std::string("id-of-") + known;
    provider->listed.push_back(listed);
  }
  provider->has(resource("accepted", "{}"));
  provider->listed.push_back(resource("stray", "{}"));
  ScanRequest request = request_for(provider, recorded);
  request.baseline = document({resource("accepted", "{}")}, Side::baseline);
  request.desired = document({resource("planned", "{}")}, Side::desired);
  request.excludes = {"excluded"};
  request.find_unmanaged = true;
  const Result<Report> report = scan(request);
  REQUIRE(report.ok());
  REQUIRE(report->findings.size() == 1);
  CHECK(report->findings[0].address == "stray");
}

namespace {

// Throws at `where`.
class Thrower final : public FakeProvider {
 public:
  std::string where;
  [[nodiscard]] bool handles(const Resource& r) const override { return check("handles"), FakeProvider::handles(r); }
  [[nodiscard]] const Schema* schema(std::string_view t) const override { return check("schema"), FakeProvider::schema(t); }
  [[nodiscard]] ProviderCapabilities capabilities() const override { return check("capabilities"), FakeProvider::capabilities(); }
  [[nodiscard]] std::string lane(const Resource& r) const override { return check("lane"), FakeProvider::lane(r); }
  Status list(const std::vector<std::string>& types, const ListSink& sink, const OpContext& ctx) override {
    Status s = FakeProvider::list(types, sink, ctx);
    check("list");
    return s;
  }

 private:
  void check(std::string_view here) const {
    if (here == where) throw std::runtime_error("CANARY");
  }
};

}  // namespace

TEST_CASE("live: what a provider throws is an error of the report, wherever it throws") {
  for (const char* where : {"handles", "schema", "capabilities", "lane", "list"}) {
    CAPTURE(where);
    const TempDir dir;
    const auto provider = std::make_shared<Thrower>();
    provider->where = where;
    provider->lists = true;
    provider->has(resource("a", R"({"password":"PIN"})"));
    provider->listed = {resource("stray", R"({"password":"PIN"})")};
    ScanRequest request = request_for(provider, {resource("a", R"({"password":"PIN"})")});
    request.find_unmanaged = true;
    ReadRecorder recorder(dir.path("reads"));
    request.recorder = &recorder;
    const Result<Report> report = scan(request);
    REQUIRE(report.ok());
    CHECK(!report->complete);
    for (const ReportError& e : report->errors) {
      CHECK(e.error.code() == Errc::internal);
      CHECK(e.error.to_string().find("CANARY") == std::string::npos);
    }
    REQUIRE(recorder.finish(system_clock()).ok());
    // Without the schema nobody knows what is a secret.
    if (provider->where == "schema") CHECK(dir.read("reads/reads.jsonl").find("PIN") == std::string::npos);
  }
}

TEST_CASE("live: a replay finds the unmanaged resources that were found, and says who could not look") {
  const TempDir dir;
  const auto provider = std::make_shared<FakeProvider>(), broken = std::make_shared<FakeProvider>(),
             cannot = std::make_shared<FakeProvider>();
  broken->type = "broken";
  broken->label = "broken";
  broken->list_status = Error(Errc::read_throttled, "the service asked to slow down").retryable();
  cannot->type = "other";
  cannot->label = "other";
  provider->has(resource("a", "{}"));
  provider->facts.add("password", {.sensitive = true});
  provider->facts.add("id", {.sensitive = true});
  provider->listed = {resource("stray", R"({"id":"id-of-stray","password":"CANARY"})"), resource("a", "{}")};
  broken->listed = {resource("half", "{}", "broken")};
  provider->lists = broken->lists = true;
  const auto request = [&] {
    ScanRequest r = request_for(provider, {resource("a", "{}")});
    r.providers.add(broken);
    r.providers.add(cannot);
    r.find_unmanaged = true;
    return r;
  };
  ScanRequest first = request();
  const Result<Report> live = recorded(dir, first);
  CHECK(outline(*live) == "half unmanaged\nstray unmanaged\n !E_READ_THROTTLED\n+3");
  CHECK(has_note(*live, "cannot_list", "other"));
  CHECK(dir.read("reads/reads.jsonl").find("id-of-stray") == std::string::npos);

  ScanRequest again = request();
  const Result<ProviderRegistry> replay = make_replay_providers(dir.path("reads"), again.providers);
  REQUIRE(replay.ok());
  again.providers = *replay;
  again.key = *replay_key(dir.path("reads"));
  const Result<Report> replayed = scan(again);
  REQUIRE(replayed.ok());
  CHECK(render_json(*replayed) == render_json(*live));
}

TEST_CASE("live: a recording that did not look for unmanaged resources cannot say that there are none") {
  const TempDir dir;
  const auto provider = std::make_shared<FakeProvider>();
  provider->has(resource("a", "{}"));
  ScanRequest request = request_for(provider, {resource("a", "{}")});
  (void)recorded(dir, request);
  request.providers = *make_replay_providers(dir.path("reads"), request.providers);
  CHECK(outline(scan(request)) == "+1");
  request.find_unmanaged = true;
  CHECK(outline(scan(request)) == " !E_REPLAY_MISS\n+1");
}

TEST_CASE("live: a provider that does not return does not keep a cancelled scan waiting") {
  std::promise<void> gate, gone;
  ScanRequest request;
  {
    const std::shared_ptr<void> last(nullptr, [&gone](void*) { gone.set_value(); });
    const auto provider = std::make_shared<FakeProvider>();
    request = request_for(provider, {resource("a", "{}"), resource("b", "{}")});
    provider->has(resource("a", "{}"));
    provider->answers["b"] = [&request, last, open = gate.get_future().share()] {
      request.context.cancel.cancel();
      open.wait();
      return ReadOutcome::absent();
    };
  }
  request.scheduler.grace = std::chrono::seconds(0);
  const Result<Report> report = scan(request);
  REQUIRE(report.ok());
  CHECK(report->summary.checked == 1);
  CHECK(report->summary.unreadable == 1);
  CHECK(report->summary.deleted == 0);
  request.providers = {};
  gate.set_value();
  gone.get_future().wait();
}

TEST_CASE("live: every outcome is recorded, also that nobody could read") {
  const TempDir dir;
  const auto provider = std::make_shared<FakeProvider>();
  provider->has(resource("a", R"({"password":"CANARY"})"));
  provider->fails("b", Errc::read_auth);
  provider->facts.add("password", {.sensitive = true});
  ScanRequest request =
      request_for(provider, {resource("a", "{}"), resource("b", "{}"), resource("c", "{}"), resource("d", "{}", "cloud")});
  const Result<Report> live = recorded(dir, request);

  ScanRequest again = request_for(provider, {resource("a", "{}"), resource("b", "{}"), resource("c", "{}"), resource("d", "{}", "cloud")});
  Result<std::shared_ptr<Provider>> replay = make_replay_provider(dir.path("reads"), again.providers);
  REQUIRE(replay.ok());
  again.providers = {};
  again.providers.add(*replay);
  again.key = *replay_key(dir.path("reads"));
  const Result<Report> replayed = scan(again);
  REQUIRE(replayed.ok());
  CHECK(render_json(*replayed) == render_json(*live));
}

TEST_CASE("live: a resource that the plan moved is read as the state recorded it, and told under its new address") {
  constexpr const char* plan = R"({"format_version":"1.2","planned_values":{"root_module":{"resources":[
    {"address":"thing.new","mode":"managed","type":"thing","name":"new","values":{"x":1}}]}},
    "resource_changes":[{"address":"thing.new","previous_address":"thing.old","mode":"managed","change":{}}]})";
  const auto provider = std::make_shared<FakeProvider>();
  std::string id;
  provider->on_resource = [&](const Resource& r) { id = r.id; };
  provider->has(resource("thing.new", R"({"x":2})"));
  ScanRequest request = request_for(provider, {resource("thing.old", R"({"x":1})")});
  request.desired = ByteSource::bytes(plan, "plan.json");
  const Result<Report> report = scan(request);
  CHECK(outline(report) == "thing.new changed\n+1");
  CHECK(provider->asked == std::vector<std::string>{"thing.new"});
  CHECK(id == "id-of-thing.old");
}

namespace {

// "class rule address path" of what is suppressed.
std::string suppressed_of(const Report& report) {
  std::string out;
  for (const Suppressed& s : report.suppressed)
    for (const Change& c : s.changes)
      out += std::string(drift_class_name(c.drift_class)) + ' ' + c.rule + ' ' + s.address + ' ' + c.path.text() + '\n';
  return out;
}

}  // namespace

TEST_CASE("live: what only became sensitive is suppressed with its path, live and replayed, and what changed is not") {
  const TempDir dir;
  const auto provider = std::make_shared<FakeProvider>();
  provider->facts.add("password", {.sensitive = true});
  provider->facts.add("hash", {.computed = true, .reveals = {"password"}});
  const char* const values = R"({"password":"CANARY","hash":"h","new":"n"})";
  provider->has(resource("same", values));
  provider->has(resource("moved", R"({"password":"CANARY-2","hash":"h","new":"n"})"));
  // In the form of today, as providers of Terraform give it.
  provider->answers["upgraded"] = [&] {
    Value known = json(values);
    known.edit_object().find("password")->mark(Secret::plain);
    Resource found = resource("upgraded", values);
    found.attributes = known;
    return ReadOutcome::found(found, known, {Path::parse("new").value()});
  };
  ScanRequest request = request_for(provider, {resource("same", values), resource("moved", values), resource("upgraded", values)});
  const Result<Report> live = recorded(dir, request);
  request.key = replay_key(dir.path("reads"), {}).value();
  request.providers = *make_replay_providers(dir.path("reads"), request.providers);
  const Result<Report> again = scan(request);
  REQUIRE(again.ok());
  for (const Report* r : {&*live, &*again}) {
    CHECK(outline(*r) == "moved changed\n+3");
    CHECK(suppressed_of(*r) == "sensitivity_only secret.unmarked same password\nsensitivity_only secret.unmarked upgraded new\n");
    CHECK(r->summary.suppressed == 2);
    CHECK(r->summary.drifted == 1);
    CHECK(r->notes.empty());
    CHECK(render_json(*r).find("CANARY") == std::string::npos);
    CHECK(render_explain(*r, "same").find("sensitivity_only") != std::string::npos);
  }
}
