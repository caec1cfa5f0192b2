#include "cli/standard_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <system_error>

#include "cli/exit_code.h"

namespace shakedown::cli {

StandardOutput::StandardOutput()
    : before_(std::cout.rdbuf(this)) {
  std::signal(SIGPIPE, SIG_IGN);
  setp(buffer_.data(), buffer_.data() + buffer_.size());
}

StandardOutput::~StandardOutput() { std::cout.rdbuf(before_); }

StandardOutput::int_type StandardOutput::overflow(int_type c) {
  if (sync() != 0) return traits_type::eof();
  if (!traits_type::eq_int_type(c, traits_type::eof())) {
    *pptr() = traits_type::to_char_type(c);
    pbump(1);
  }
  return traits_type::not_eof(c);
}

int StandardOutput::sync() {
  const char* at = pbase();
  while (at != pptr() && error_ == 0) {
    const ssize_t wrote = write(STDOUT_FILENO, at, static_cast<std::size_t>(pptr() - at));
    if (wrote < 0 && errno != EINTR) error_ = errno;
    if (wrote > 0) at += wrote;
  }
  setp(buffer_.data(), buffer_.data() + buffer_.size());
  return error_ == 0 ? 0 : -1;
}

int StandardOutput::finish(int code) {
  sync();
  if (error_ == 0 || error_ == EPIPE) return code;
  std::cerr << "shakedown: standard output: " << std::system_category().message(error_) << '\n';
  return kEnvironment;
}

// Held so that reading or writing it still fails.
void hold_standard_descriptors() {
  for (const int wanted : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(wanted, F_GETFD) >= 0) continue;
    [[maybe_unused]] const int held =
        open("/dev/null", wanted == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace shakedown::cli
