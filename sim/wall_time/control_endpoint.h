// A small HTTP endpoint of its own for whoever runs the program: is it alive, how far is it, stop
// it. The seed of the management API. For this machine only: it listens on 127.0.0.1 and refuses
// requests that a web page could make a browser send.
//
//   GET  /healthz    200 "ok"
//   GET  /progress   200, a JSON object from the callback
//   POST /stop       202, then the callback
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "sim/result.h"

namespace shakedown::sim {

class ControlEndpoint {
 public:
  // Called from the endpoint's own threads, perhaps at once in two.
  struct Callbacks {
    std::function<std::string()> progress_json;
    std::function<void()> stop;
  };

  // `port` 0: any free port. Errors: kEnvironment (the port is in use).
  static Result<std::unique_ptr<ControlEndpoint>> start(std::uint16_t port, Callbacks callbacks);
  // Ends the threads. Not from a callback.
  ~ControlEndpoint();

  std::uint16_t port() const;

 private:
  struct Impl;
  explicit ControlEndpoint(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace shakedown::sim
