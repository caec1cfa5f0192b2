// Under envelope and hsm custody no private key stands in clear in anything that is written.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "crypto/octets/bytes.h"
#include "crypto/octets/digest.h"
#include "results/record/recorder.h"
#include "tests/scenarios/story_fixture.h"

namespace shakedown::scenarios {
namespace {

namespace fs = std::filesystem;

std::string octets_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The forms in which a careless writer would leave a scalar behind.
std::vector<std::string> forms_of(const crypto::PrivateKeyPtr& key) {
  const crypto::SecretBytes scalar = key->scalar();
  const std::string pem(key->to_pem().view());
  return {std::string(scalar.view()), crypto::to_hex(scalar.view()),
          crypto::base64url_encode(scalar.view()), crypto::base64_encode(scalar.view()),
          pem.substr(0, pem.size() / 2)};
}

// The files of every SoftHSM token there is. Other tests' tokens come and go meanwhile.
std::string octets_of_tokens() {
  std::string octets;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(fs::temp_directory_path(), ignored)) {
    if (!entry.path().filename().string().starts_with("shakedown-hsm-")) continue;
    fs::recursive_directory_iterator file(entry.path(), ignored);
    while (!ignored && file != fs::recursive_directory_iterator()) {
      if (file->is_regular_file(ignored)) octets += octets_of(file->path());
      file.increment(ignored);
    }
  }
  return octets;
}

struct Played {
  crypto::PrivateKeyPtr
      key;              // As an intruder in the signing process would have it; null in an HSM.
  std::string stored;   // What the key store keeps.
  std::string written;  // Every octet of the database and of the token's folder.
};

Played play_and_collect(const std::string& keys) {
  const fs::path folder =
      fs::temp_directory_path() / ("shakedown-custody-" + keys + "-" + std::to_string(getpid()));
  fs::create_directory(folder);
  Played played;
  {
    Story story(two_providers(keys));
    results::RunInfo info;
    info.scenario = "two-providers";
    info.scenario_sha256 = std::string(64, '0');
    std::int64_t ticks = 0;
    auto recorder = results::Recorder::open(
        {.path = (folder / "run.sqlite").string(), .run = info, .monotonic_ns = [&ticks] {
           return ticks += 1'000'000;
         }});
    EXPECT_TRUE(recorder) << recorder.error().detail;
    auto sink = (*recorder)->sink();
    story.on_event = [&sink](const sim::Recorded& recorded) {
      sink({recorded.world_time, recorded.actor,
            std::move(const_cast<sim::Recorded&>(recorded).event)});
    };
    actors::Provider* provider = story.ecosystem().provider("acme-tel");
    story.world().start(
        provider->env(), "look",
        [&] {
          provider->env().sleep_until(story.scenario().epoch + std::chrono::seconds{40});
          const auto key = provider->certificates().current()->key;
          if (auto stolen = provider->keys().steal(key)) played.key = *stolen;
          played.stored = provider->keys().stored_form(key);
          played.written += octets_of_tokens();  // While the token exists.
        },
        sim::Daemon::kNo);
    EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
    EXPECT_TRUE((*recorder)->finish({}, {}, {}));
  }
  for (const auto& entry : fs::directory_iterator(folder)) played.written += octets_of(entry);
  fs::remove_all(folder);
  return played;
}

TEST(KeyCustody, AnEnvelopeWritesNoPrivateKeyInClear) {
  const Played played = play_and_collect("envelope");
  ASSERT_TRUE(played.key);
  ASSERT_GT(played.written.size(), 10'000U);
  for (const std::string& form : forms_of(played.key)) {
    EXPECT_EQ(played.written.find(form), std::string::npos);
    EXPECT_EQ(played.stored.find(form), std::string::npos);
  }
}

TEST(KeyCustody, AKeyInTheHsmIsInNothingThatIsWritten) {
  const Played played = play_and_collect("hsm");
  EXPECT_FALSE(played.key) << "a key came out of the module";
  EXPECT_TRUE(played.stored.empty());
  EXPECT_EQ(played.written.find("PRIVATE KEY"), std::string::npos);
}

// The searches above would find a key: memory custody keeps it in clear.
TEST(KeyCustody, MemoryKeepsTheKeyInClearSoTheSearchWorks) {
  const Played played = play_and_collect("memory");
  ASSERT_TRUE(played.key);
  EXPECT_NE(played.stored.find(forms_of(played.key).front()), std::string::npos);
}

}  // namespace
}  // namespace shakedown::scenarios
