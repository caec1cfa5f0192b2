// Boost.Asio and Boost.Beast are compiled once, in boost_sources.cc. Include before any of their
// headers.
#pragma once

#define BOOST_ASIO_SEPARATE_COMPILATION
#define BOOST_BEAST_SEPARATE_COMPILATION
