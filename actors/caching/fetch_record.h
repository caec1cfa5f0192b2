// How a fetch gets into the records.
#pragma once

#include <string>
#include <string_view>

#include "actors/events.h"
#include "sim/env.h"
#include "sim/message.h"

namespace shakedown::actors {

// Records that `url` was asked at `asked_at` and has answered just now. `call_id`: the call that
// waits for it, "" if none does.
void record_fetch(sim::Env& env,
                  FetchWhat what,
                  std::string_view url,
                  std::string_view call_id,
                  const sim::Answer& answer,
                  sim::Time asked_at);

}  // namespace shakedown::actors
