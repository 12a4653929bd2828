#include "engine/inputs.hpp"

#include "fixtures.hpp"

using namespace engine_test;  // NOLINT(google-build-using-namespace)
using drift::engine_internal::each_match;
using drift::engine_internal::Inputs;
using drift::engine_internal::is_bookkeeping;
using drift::engine_internal::leading_entry;
using drift::engine_internal::open_inputs;

namespace {

// A plan as `terraform show -json` writes it: one resource that stays, one that is to be created.
constexpr const char* plan = R"({"format_version":"1.2","terraform_version":"1.9.0",
"planned_values":{"root_module":{"resources":[
 {"address":"t.a","mode":"managed","type":"t","name":"a","provider_name":"p","schema_version":0,"values":{"x":2},"sensitive_values":{}},
 {"address":"t.b","mode":"managed","type":"t","name":"b","provider_name":"p","schema_version":0,"values":{"x":1},"sensitive_values":{}}]}},
"resource_changes":[],
"prior_state":{"format_version":"1.0","terraform_version":"1.9.0","values":{"root_module":{"resources":[
 {"address":"t.a","mode":"managed","type":"t","name":"a","provider_name":"p","schema_version":0,"values":{"x":1},"sensitive_values":{}}]}}}})";

}  // namespace

TEST_CASE("inputs: nothing that says what is expected is an error with a next step") {
  ScanRequest request;
  request.actual = document({});
  const Result<Inputs> in = open_inputs(request);
  REQUIRE(!in.ok());
  CHECK(in.error().code() == Errc::invalid_argument);
  CHECK(in.error().next_step().find("`state`") != std::string::npos);
}

TEST_CASE("inputs: a plan as state gives what was recorded and what is desired") {
  ScanRequest request;
  request.state = ByteSource::bytes(plan, "plan.json");
  const Result<Inputs> in = open_inputs(request);
  REQUIRE_MESSAGE(in.ok(), in.error().to_string());
  CHECK(in->recorded->size() == 1);
  CHECK(in->desired->size() == 2);
}

TEST_CASE("inputs: a plan as desired leaves the state that was given alone; without one it says both") {
  ScanRequest request;
  request.desired = ByteSource::bytes(plan, "plan.json");
  Result<Inputs> in = open_inputs(request);
  REQUIRE(in.ok());
  CHECK(in->recorded->size() == 1);
  request.state = document({resource("t.c", "{}"), resource("t.d", "{}"), resource("t.e", "{}")});
  in = open_inputs(request);
  REQUIRE(in.ok());
  CHECK(in->recorded->size() == 3);
  CHECK(in->desired->size() == 2);
  CHECK(in->desired->side() == Side::desired);
}

TEST_CASE("inputs: any document can be taken as desired or as actual") {
  ScanRequest request;
  request.desired = document({resource("t.a", "{}")});
  request.actual = document({resource("t.b", "{}")});
  const Result<Inputs> in = open_inputs(request);
  REQUIRE(in.ok());
  CHECK(in->desired->side() == Side::desired);
  CHECK(in->actual->side() == Side::actual);
  CHECK(!in->recorded);
}

TEST_CASE("inputs: a baseline has to be a file of libdrift's own") {
  ScanRequest request;
  request.baseline = ByteSource::bytes(plan, "plan.json");
  const Result<Inputs> in = open_inputs(request);
  REQUIRE(!in.ok());
  CHECK(in.error().code() == Errc::bad_structure);
  CHECK(in.error().subject() == "plan.json");
  CHECK(in.error().next_step().find("drift accept") != std::string::npos);
}

TEST_CASE("inputs: an error says which document it was") {
  ScanRequest request;
  request.state = document({});
  request.actual = ByteSource::bytes("{\"no\":\"state\"}", "other.json");
  const Result<Inputs> in = open_inputs(request);
  REQUIRE(!in.ok());
  CHECK(in.error().to_string().find("other.json") != std::string::npos);
  CHECK(in.error().to_string().find("actual document") != std::string::npos);
}

TEST_CASE("matches: every address once, with its place on each side; recorded speaks first") {
  ScanRequest request;
  request.state = document({resource("b", "{}"), resource("a", "{}")});
  request.baseline = document({resource("c", "{}"), resource("a", "{}")}, Side::baseline);
  request.desired = document({resource("d", "{}"), resource("c", "{}", "other")});
  const Result<Inputs> in = open_inputs(request);
  REQUIRE(in.ok());
  const SnapshotSet set = in->set();
  std::string order;
  each_match(set, [&](const Match& m) {
    order += m.address;
    if (m.address == "a") CHECK((m.recorded == 1 && m.baseline == 1 && !m.desired));
    if (m.address == "c") CHECK((!m.recorded && m.baseline == 0 && m.desired == 1));
    if (m.address == "c") CHECK(leading_entry(set, m).type == "thing");
    if (m.address == "d") CHECK((!m.recorded && !m.baseline && m.desired == 0));
  });
  CHECK(order == "bacd");
}

TEST_CASE("matches: what a plan moved is one resource, under its new address") {
  std::string moving = plan;
  moving.replace(moving.find("\"resource_changes\":[]"), 21,
                 R"("resource_changes":[{"address":"t.a","previous_address":"t.old","mode":"managed","change":{}}])");
  ScanRequest request;
  request.desired = ByteSource::bytes(moving, "plan.json");
  request.state = document({resource("t.x", "{}"), resource("t.old", "{}")});
  request.baseline = document({resource("t.old", "{}")}, Side::baseline);
  const Result<Inputs> in = open_inputs(request);
  REQUIRE(in.ok());
  std::string order;
  each_match(in->set(), [&](const Match& m) {
    order += std::string(m.address) + ' ';
    if (m.address == "t.a") CHECK((m.recorded == 1 && m.baseline == 0 && m.desired == 0));
  });
  CHECK(order == "t.x t.a t.b ");
}

TEST_CASE("bookkeeping: what cannot be read") {
  const auto entry = [](ResourceKind kind, bool deleted, bool replaced) {
    return Snapshot::Entry{
        .address = "a", .type = "t", .canonical = {}, .kind = kind, .pending_delete = deleted, .pending_replacement = replaced};
  };
  CHECK(!is_bookkeeping(entry(ResourceKind::managed, false, false)));
  CHECK(is_bookkeeping(entry(ResourceKind::component, false, false)));
  CHECK(is_bookkeeping(entry(ResourceKind::provider, false, false)));
  CHECK(is_bookkeeping(entry(ResourceKind::managed, true, false)));
  CHECK(is_bookkeeping(entry(ResourceKind::managed, false, true)));
}

TEST_CASE("inputs: documents that were read, or built, before are sides like any other") {
  const Result<Document> read = read_document(ByteSource::bytes(plan, "plan.json"));
  REQUIRE(read.ok());
  ScanRequest request;
  request.state = *read;
  SnapshotBuilder builder(Side::actual);
  REQUIRE(builder.add(resource("t.a", "{}")).ok());
  request.actual = std::move(builder).build();
  const Result<Inputs> in = open_inputs(request);
  REQUIRE(in.ok());
  CHECK(in->recorded->size() == 1);
  CHECK(in->desired->size() == 2);
  CHECK(in->actual->side() == Side::actual);
  CHECK(in->actual->entry(0).address == "t.a");
  CHECK(request.state->name() == "plan.json");
}
