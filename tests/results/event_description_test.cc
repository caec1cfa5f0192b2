#include "results/record/event_description.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/results/a_run.h"

namespace shakedown::results {
namespace {

struct Described {
  std::vector<std::string> columns;  // All tables have the run beside.
  int outcomes = 0;

  void column(std::string_view name, const auto& /*value*/) { columns.emplace_back(name); }

  void digested(const auto& /*value*/, Digest digest) {
    if (digest == Digest::kOutcome) ++outcomes;
  }
};

template <class... Events>
struct EachOf {
  static void visit(const auto& visitor) { (visitor(Events()), ...); }
};

using EveryEvent = EachOf<actors::CallEvent,
                          actors::VerificationEvent,
                          actors::FetchEvent,
                          actors::CertificateEvent,
                          actors::IssuanceEvent,
                          actors::RevocationEvent,
                          actors::HappeningEvent>;

std::vector<std::string> columns_of_table(const std::string& path, std::string_view table) {
  auto database = *Database::open(path, Database::Mode::kRead);
  Statement rows =
      *database->prepare("SELECT name FROM pragma_table_info(?) WHERE name <> 'run' ORDER BY cid");
  rows.bind(1, table);
  std::vector<std::string> columns;
  while (*rows.step()) columns.push_back(rows.text(0));
  return columns;
}

TEST(EventDescription, HasTheColumnsOfTheSchemaInItsOrder) {
  Folder folder;
  TestRun run(folder.file("db"));
  ASSERT_TRUE(run.finish());
  std::set<actors::EventType> types;
  EveryEvent::visit([&](const auto& event) {
    Described described;
    describe(event, Stamps(), described);
    EXPECT_EQ(described.columns, columns_of_table(folder.file("db"), table_of(event.type)))
        << to_string(event.type);
    EXPECT_GT(described.outcomes, 0) << to_string(event.type);
    types.insert(event.type);
  });
  EXPECT_EQ(types.size(), actors::kEventTypes);
}

TEST(EventDescription, IsVisitedWithTheTypeThatAnEventHas) {
  EveryEvent::visit([](const auto& event) {
    with_type(event, [&](const auto& typed) {
      EXPECT_TRUE((std::is_same_v<decltype(typed), decltype(event)>)) << to_string(event.type);
    });
  });
}

}  // namespace
}  // namespace shakedown::results
