// Marks an order as being worked on across suspensions, during which it may be forgotten.
#pragma once

#include <cstdint>
#include <map>

namespace shakedown::actors {

template <class Order>
class BusyOrder {
 public:
  BusyOrder(std::map<std::uint64_t, Order>& orders, std::uint64_t number)
      : orders_(orders),
        number_(number) {
    orders_.at(number_).is_busy = true;
  }

  ~BusyOrder() {
    if (Order* still = order()) still->is_busy = false;
  }

  BusyOrder(const BusyOrder&) = delete;
  BusyOrder& operator=(const BusyOrder&) = delete;

  // Null if it has been forgotten.
  Order* order() const {
    const auto found = orders_.find(number_);
    return found == orders_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::uint64_t, Order>& orders_;
  std::uint64_t number_;
};

}  // namespace shakedown::actors
