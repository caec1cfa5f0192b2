// A TCP client that sends whatever bytes it is told to: for the attacks of the tests.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace shakedown::sim {

class RawSocket {
 public:
  explicit RawSocket(std::uint16_t port)
      : handle_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(handle_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }

  ~RawSocket() { ::close(handle_); }

  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  bool is_connected() const { return connected_; }

  // False: the peer has closed or reset.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // What comes until `end` is in it, the peer closes, or `patience` is over.
  std::string receive(std::string_view end = {},
                      std::chrono::milliseconds patience = std::chrono::seconds(5)) {
    const auto give_up = std::chrono::steady_clock::now() + patience;
    std::string got;
    while (end.empty() || got.find(end) == std::string::npos) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          give_up - std::chrono::steady_clock::now());
      pollfd wanted{handle_, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&wanted, 1, static_cast<int>(left.count())) <= 0) {
        timed_out_ = true;
        break;
      }
      char buffer[4096];
      const ssize_t size = ::recv(handle_, buffer, sizeof buffer, 0);
      if (size < 0) was_reset_ = errno == ECONNRESET;
      if (size <= 0) break;
      got.append(buffer, static_cast<std::size_t>(size));
    }
    return got;
  }

  bool timed_out() const { return timed_out_; }

  bool was_reset() const { return was_reset_; }

 private:
  int handle_;
  bool connected_ = false;
  bool timed_out_ = false;
  bool was_reset_ = false;
};

}  // namespace shakedown::sim
