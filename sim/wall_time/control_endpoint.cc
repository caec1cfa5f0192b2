#include "sim/wall_time/control_endpoint.h"

#include <httplib.h>

#include <thread>

namespace shakedown::sim {
namespace {

constexpr std::size_t kThreads = 2;
constexpr std::size_t kMaxBody = 4096;
constexpr time_t kSeconds = 2;  // For reading a request, for writing a response.

}  // namespace

struct ControlEndpoint::Impl {
  httplib::Server server;
  Callbacks callbacks;
  std::uint16_t port = 0;
  std::thread thread;

  // A page in a browser can send requests to a loopback port, but not without an Origin, nor,
  // through a name that it made point here, with our own Host.
  bool is_from_here(const httplib::Request& request) const {
    const std::string host = request.get_header_value("Host");
    const std::string suffix = ":" + std::to_string(port);
    return !request.has_header("Origin") &&
           (host == "127.0.0.1" + suffix || host == "localhost" + suffix);
  }

  static httplib::Server::HandlerResponse check_method(const httplib::Request& request,
                                                       httplib::Response& response) {
    const bool is_read = request.path == "/healthz" || request.path == "/progress";
    const bool is_allowed = is_read ? request.method == "GET" || request.method == "HEAD"
                                    : request.path != "/stop" || request.method == "POST";
    if (is_allowed) return httplib::Server::HandlerResponse::Unhandled;
    response.status = 405;
    response.set_header("Allow", is_read ? "GET, HEAD" : "POST");
    response.set_content("method not allowed\n", "text/plain");
    return httplib::Server::HandlerResponse::Handled;
  }

  void set_up() {
    server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    // The library's default lets a second process listen on the same port and take half the
    // requests.
    server.set_socket_options([](socket_t handle) {
      const int yes = 1;
      ::setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    server.set_payload_max_length(kMaxBody);
    server.set_read_timeout(kSeconds);
    server.set_write_timeout(kSeconds);
    server.set_keep_alive_max_count(1);  // An idle connection would hold one of the threads.
    server.set_pre_routing_handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          if (is_from_here(request)) return check_method(request, response);
          response.status = 403;
          response.set_content("only for this machine\n", "text/plain");
          return httplib::Server::HandlerResponse::Handled;
        });
    server.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("ok\n", "text/plain");
    });
    server.Get("/progress", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(callbacks.progress_json(), "application/json");
    });
    server.Post("/stop", [this](const httplib::Request&, httplib::Response& response) {
      response.status = 202;
      response.set_content("stopping\n", "text/plain");
      callbacks.stop();
    });
  }
};

Result<std::unique_ptr<ControlEndpoint>> ControlEndpoint::start(std::uint16_t port,
                                                                Callbacks callbacks) {
  auto impl = std::make_unique<Impl>();
  impl->callbacks = std::move(callbacks);
  impl->set_up();
  const char* address = "127.0.0.1";
  const int bound = port == 0 ? impl->server.bind_to_any_port(address)
                              : (impl->server.bind_to_port(address, port) ? port : -1);
  if (bound <= 0) {
    return fail(ErrorCode::kEnvironment,
                "cannot listen on 127.0.0.1 port " + std::to_string(port) + " for control");
  }
  impl->port = static_cast<std::uint16_t>(bound);
  impl->thread = std::thread([server = &impl->server] { server->listen_after_bind(); });
  // stop() before the loop runs would be lost.
  while (!impl->server.is_running()) std::this_thread::yield();
  return std::unique_ptr<ControlEndpoint>(new ControlEndpoint(std::move(impl)));
}

ControlEndpoint::ControlEndpoint(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

ControlEndpoint::~ControlEndpoint() {
  impl_->server.stop();
  impl_->thread.join();
}

std::uint16_t ControlEndpoint::port() const { return impl_->port; }

}  // namespace shakedown::sim
