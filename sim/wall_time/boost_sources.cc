#include "sim/wall_time/boost_separate.h"
// The compiled parts of Boost.Asio and Boost.Beast, once.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
