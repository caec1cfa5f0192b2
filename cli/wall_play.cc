#include "cli/wall_play.h"

#include <httplib.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/files.h"
#include "cli/machine.h"
#include "cli/ready_file.h"
#include "cli/source.h"
#include "sim/wall_time/control_endpoint.h"
#include "sim/wall_time/wall_world.h"

namespace shakedown::cli {
namespace {

constexpr auto kPoll = std::chrono::milliseconds{200};

// What the external products of a scenario must answer at before the story begins.
std::vector<std::string> external_urls(const scenarios::Scenario& scenario) {
  std::vector<std::string> urls;
  for (const auto& provider : scenario.ecosystem.providers) {
    if (!provider.external) continue;
    if (!provider.external->verification.empty()) urls.push_back(provider.external->verification);
    if (!provider.external->signing.empty()) urls.push_back(provider.external->signing);
  }
  return urls;
}

// Any HTTP answer but 503 will do: the product listens and is ready. The path of a service may only
// take POST.
bool answers(const std::string& text) {
  const auto url = sim::parse_url(text);
  if (!url) return false;
  std::string origin = url->scheme + "://" + url->host;
  if (url->port) origin += ":" + std::to_string(*url->port);
  httplib::Client client(origin);
  client.enable_server_certificate_verification(false);  // Only whether somebody is there.
  client.set_connection_timeout(1);
  client.set_read_timeout(2);
  const auto answer = client.Get(url->path.empty() ? "/" : url->path);
  return answer && answer->status != 503;
}

Status wait_for(const std::vector<std::string>& urls, sim::Duration patience) {
  const std::int64_t deadline = monotonic_ns() + patience.count();
  for (const std::string& url : urls) {
    while (!answers(url)) {
      if (monotonic_ns() > deadline) {
        return fail(ErrorCode::kTimeout, "the external product never got ready: " + url +
                                             " did not answer within " +
                                             sim::format_duration(patience));
      }
      std::this_thread::sleep_for(kPoll);
    }
  }
  return {};
}

}  // namespace

Played play_on_the_wall_clock(
    const LoadedScenario& loaded,
    const PlayOptions& options,
    sim::WorldOptions world_options,
    const std::function<Played(sim::World&, scenarios::DirectorOptions)>& play_in) {
  sim::WallOptions wall_options;
  static_cast<sim::WorldOptions&>(wall_options) = std::move(world_options);
  wall_options.outsiders = true;
  wall_options.port = options.port;
  wall_options.verify_outsiders = false;  // Loopback only, and nobody named their authority.
  Played failure;
  auto world = sim::WallWorld::create(std::move(wall_options));
  if (!world) {
    failure.exit_code = kEnvironment;
    failure.error = world.error().detail;
    return failure;
  }
  auto control = sim::ControlEndpoint::start(
      0, {.progress_json =
              [&world] {
                return nlohmann::json{{"activities", (*world)->activities_in_flight()}}.dump();
              },
          .stop = [&world] { (*world)->stop(); }});
  if (!control) {
    failure.exit_code = kEnvironment;
    failure.error = control.error().detail;
    return failure;
  }
  const auto urls = external_urls(loaded.scenario);
  scenarios::DirectorOptions director;
  director.before_story = [&, urls]() -> Status {
    if (!options.ready_file.empty()) {
      RETURN_IF_ERROR(
          write_file(options.ready_file,
                     ready_json(**world, loaded.scenario, {.control_port = (*control)->port()})));
    }
    return wait_for(urls, options.wait_external);
  };
  return play_in(**world, std::move(director));
}

}  // namespace shakedown::cli
