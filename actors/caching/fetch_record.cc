#include "actors/caching/fetch_record.h"

#include <memory>
#include <utility>

#include "actors/caching/cache_status.h"

namespace shakedown::actors {

void record_fetch(sim::Env& env,
                  FetchWhat what,
                  std::string_view url,
                  std::string_view call_id,
                  const sim::Answer& answer,
                  sim::Time asked_at) {
  auto event = std::make_unique<FetchEvent>();
  event->call_id = call_id;
  event->what = what;
  event->url = url;
  event->edge = cache_name_of(answer);
  event->result = cache_result_of(answer);
  if (answer.kind == sim::Answer::Kind::kResponse) {
    event->status = answer.response.status;
    event->octets = static_cast<std::int64_t>(answer.response.body.size());
  }
  event->latency = env.now() - asked_at;
  env.record(std::move(event));
}

}  // namespace shakedown::actors
