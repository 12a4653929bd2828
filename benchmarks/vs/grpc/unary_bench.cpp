// A unary gRPC call of 1 KB there and back, ten at a time over one connection to a unix socket: the channel that provider plugins are asked
// through, against grpc++ as its generated stubs call it. Both meet the same echo server, grpc++'s, in a process of its own.
//
// unary_bench [--quick]; wall and CPU of the client's process, medians of paired rounds. Wanted: no slower than grpc++. Ends with 1 when an
// answer is wrong.
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <signal.h>
#include <sys/prctl.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "measure.hpp"
#include "plugin/grpc_channel.hpp"

namespace {

constexpr int concurrency = 10;
constexpr std::size_t size = 1024;
constexpr const char* method = "/bench.Echo/Call";

std::string message_of(int number) {
  std::string m(size, static_cast<char>('a' + number % 26));
  m.replace(0, 8, std::to_string(10000000 + number));
  return m;
}

// ---- the server

class Echo : public grpc::ServerGenericBidiReactor {
 public:
  Echo() { StartRead(&message_); }
  void OnReadDone(bool ok) override {
    if (ok)
      StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
    else
      Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer message_;
};

class Service : public grpc::CallbackGenericService {
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override { return new Echo; }
};

int serve(const std::string& socket) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  Service service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + socket, grpc::InsecureServerCredentials());
  builder.RegisterCallbackGenericService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) return 1;
  server->Wait();
  return 0;
}

// ---- the clients

// `calls` calls by as many threads as are to be at work; what `call` says is wrong is counted. Prints the figures.
int all_calls(int calls, const std::function<bool(int)>& call) {
  std::atomic<int> next = 0;
  std::atomic<int> wrong = 0;
  const auto work = [&] {
    for (int i = next++; i < calls; i = next++) wrong += call(i) ? 0 : 1;
  };
  wrong += call(0) ? 0 : 1;  // the connection is there
  const double cpu = bench::cpu_seconds();
  const auto began = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < concurrency; ++i) threads.emplace_back(work);
  for (std::thread& t : threads) t.join();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
  std::printf("wall %.6f\ncpu %.6f\n", wall.count(), bench::cpu_seconds() - cpu);
  return wrong == 0 ? 0 : 1;
}

int ours(const std::string& socket, int calls) {
  drift::OpContext ctx;
  ctx.deadline = drift::Deadline::after(drift::system_clock(), std::chrono::minutes(5));
  drift::plugin::Endpoint to;
  to.unix_path = socket;
  const auto channel = drift::plugin::GrpcChannel::connect(to, ctx);
  if (!channel) return 1;
  return all_calls(calls, [&](int i) {
    const std::string m = message_of(i);
    const drift::plugin::GrpcReply reply = (*channel)->call(method, m, ctx);
    return reply.ok() && reply.message == m;
  });
}

int theirs(const std::string& socket, int calls) {
  const std::shared_ptr<grpc::Channel> channel = grpc::CreateChannel("unix:" + socket, grpc::InsecureChannelCredentials());
  const grpc::internal::RpcMethod rpc(method, grpc::internal::RpcMethod::NORMAL_RPC, channel);
  return all_calls(calls, [&](int i) {
    const std::string m = message_of(i);
    const grpc::Slice slice(m);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer answer;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(5));
    if (!grpc::internal::BlockingUnaryCall(channel.get(), rpc, &context, request, &answer).ok()) return false;
    grpc::Slice got;
    return answer.DumpToSingleSlice(&got).ok() && got.size() == m.size() && std::memcmp(got.begin(), m.data(), m.size()) == 0;
  });
}

// ---- rounds

bool ready(const std::string& socket) {
  drift::OpContext ctx;
  drift::plugin::Endpoint to;
  to.unix_path = socket;
  for (int i = 0; i < 500; ++i, ::usleep(20000)) {
    if (drift::plugin::GrpcChannel::connect(to, ctx)) return true;
  }
  return false;
}

void tell(const char* what, const std::vector<double>& a, const std::vector<double>& b, const char* wanted) {
  const bench::Median r = bench::ratio_of(a, b);
  std::printf("  %s: %.2f [%.2f..%.2f]%s\n", what, r.middle, r.least, r.most, wanted);
}

int measure(const std::string& self, const std::string& socket, int calls, int rounds) {
  std::map<std::string, std::vector<double>> wall, cpu;
  for (int round = 0; round < rounds; ++round) {
    const bool ours_first = round % 2 == 0;
    for (const std::string& mode : {std::string(ours_first ? "ours" : "theirs"), std::string(ours_first ? "theirs" : "ours")}) {
      bench::Child child = bench::run_child({self, "--mode", mode, socket, std::to_string(calls)}, true);
      if (child.status != 0) {
        std::printf("WRONG: %s ended with %d\n", mode.c_str(), child.status);
        return 1;
      }
      wall[mode].push_back(child.figures["wall"]);
      cpu[mode].push_back(child.figures["cpu"]);
    }
  }
  std::printf("unary calls, %zu bytes there and back, %d at a time, %d calls, %d rounds\n", size, concurrency, calls, rounds);
  for (const auto& [mode, name] : {std::pair{"ours", "libdrift"}, std::pair{"theirs", "grpc++"}}) {
    std::printf("  %-8s wall %6.1f us a call   CPU of the client %6.1f us a call\n", name,
                1e6 * bench::median_of(wall[mode]).middle / calls, 1e6 * bench::median_of(cpu[mode]).middle / calls);
  }
  tell("our wall over that of grpc++", wall["ours"], wall["theirs"], "  (wanted: at most 1)");
  tell("our CPU over that of grpc++", cpu["ours"], cpu["theirs"], "");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv, argv + argc);
  if (argc > 3 && arguments[1] == "--mode") {
    if (arguments[2] == "server") return serve(arguments[3]);
    const int calls = argc > 4 ? std::atoi(argv[4]) : 0;
    return arguments[2] == "ours" ? ours(arguments[3], calls) : theirs(arguments[3], calls);
  }
  const bool quick = std::find(arguments.begin(), arguments.end(), "--quick") != arguments.end();
  char folder[] = "/tmp/bench-grpc-XXXXXX";
  if (::mkdtemp(folder) == nullptr) return 1;
  const std::string socket = std::string(folder) + "/s";
  const pid_t server = ::fork();
  if (server == 0) {
    ::execl("/proc/self/exe", argv[0], "--mode", "server", socket.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 1;
  if (ready(socket))
    status = measure("/proc/self/exe", socket, quick ? 5000 : 50000, quick ? 3 : 9);
  else
    std::printf("WRONG: the server does not answer\n");
  ::kill(server, SIGKILL);
  ::waitpid(server, nullptr, 0);
  ::unlink(socket.c_str());
  ::rmdir(folder);
  return status;
}
