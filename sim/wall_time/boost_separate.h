// Boost.Asio and Boost.Beast are compiled once, in boost_sources.cc. Include before any of their
// headers.
#pragma once

#define BOOST_ASIO_SEPARATE_COMPILATION
#define BOOST_BEAST_SEPARATE_COMPILATION

// ThreadSanitizer does not know fences. The queues of Asio are guarded by mutexes, which it knows.
#if defined(__SANITIZE_THREAD__)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#endif
#endif
