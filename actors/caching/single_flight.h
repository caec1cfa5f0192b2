// One request under way for each key, and those who wait for what it brings (RFC 9111 §4 calls it
// collapsing). Belongs to one actor; methods marked * suspend.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/env.h"

namespace shakedown::actors {

template <class T>
class SingleFlight {
 public:
  explicit SingleFlight(sim::Env& env)
      : env_(env) {}

  bool is_under_way(std::string_view key) const { return flights_.find(key) != flights_.end(); }

  // * What the flight for `key`, which must be under way, brings. nullopt: nothing to share, its
  // leader was stopped, or `deadline` has passed.
  std::optional<T> wait_for(std::string_view key, sim::Time deadline) {
    const std::shared_ptr<Flight> flight = flights_.find(key)->second;  // Outlives the entry.
    while (!flight->landed && env_.wait(flight->landing, deadline)) {
    }
    return flight->brought;
  }

  // * Runs fly(), which gives what to share as an optional, while others wait for `key`.
  template <class Fly>
  std::optional<T> lead(const std::string& key, Fly fly) {
    const auto flight = std::make_shared<Flight>();
    flights_[key] = flight;

    struct Landing {  // Also when the world stops: those who wait must not wait for ever.
      SingleFlight& all;
      const std::string& key;
      Flight& flight;

      ~Landing() {
        flight.landed = true;
        all.flights_.erase(key);
        all.env_.notify_all(flight.landing);
      }
    } landing{*this, key, *flight};

    flight->brought = fly();
    return flight->brought;
  }

 private:
  struct Flight {
    sim::Condition landing;
    bool landed = false;
    std::optional<T> brought;
  };

  sim::Env& env_;
  std::map<std::string, std::shared_ptr<Flight>, std::less<>> flights_;
};

}  // namespace shakedown::actors
