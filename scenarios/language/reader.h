// Reading a tree of nodes with definitions: where we are, what went wrong, what must be looked up
// once everything has been read. Internal to the parser.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/language/node.h"
#include "scenarios/language/problem.h"

namespace shakedown::scenarios {

class MappingInfo;
struct Key;
struct ParseOptions;
struct Scenario;

// A place together with the path to it: "ecosystem.providers.acme-tel.ca".
struct Spot {
  Place place;
  std::string path;
};

// What a name may refer to.
enum class Role : std::uint8_t {
  kProvider,
  kCa,
  kRegion,
  kTransit,
  kCaller,     // Provider or enterprise.
  kSigner,     // Who has a key: provider, enterprise, re-signing transit provider.
  kAnyCaller,  // Also adversaries.
  kActor,      // Anybody with a name.
  kPart,       // Anybody, "ACTOR/PART" or "ACTOR/*": where faults strike.
};

std::string_view words_for(Role role);    // "provider"
std::string_view article_for(Role role);  // "a"

class Reader {
 public:
  Reader(Problems& problems, const ParseOptions& options)
      : problems_(problems),
        options_(options) {}

  // While it lives, problems are reported below this member.
  class Inside {
   public:
    Inside(Reader& reader, const Node::Member& member);
    Inside(Reader& reader, const Node& item, std::size_t index);
    ~Inside();
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    Reader& reader_;
  };

  // When too many problems are known, callers skip the work of composing another message.
  bool is_full() const { return problems_.full(); }

  void count_one_more() { problems_.count_one_more(); }

  void problem(const Node& node, std::string_view message);
  void problem(const Spot& spot, std::string_view message);
  // "... "x" is not EXPECTED" or "... expected EXPECTED, found a list".
  void wrong_kind(const Node& node, std::string_view expected);
  void wrong_value(const Node& node, std::string_view expected, std::string_view why = {});
  void unknown_key(const Node::Member& member, const MappingInfo& known, const MappingInfo* also);
  void missing_key(const Node& node, const Key& key);
  bool is_mapping(const Node& node, const MappingInfo& info);
  bool is_list(const Node& node, std::size_t fewest, std::size_t most);
  // A scalar with text; reports otherwise.
  bool is_scalar(const Node& node, std::string_view expected);

  // The key of a member as a node, so that a problem can be placed there.
  Node key_as_node(const Node::Member& member) const;

  Spot spot(const Node& node) const;
  Spot spot_of(const Node& node, std::string_view key) const;  // Of a member, else of the node.

  // To be looked up when all names are known.
  struct Reference {
    Role role;
    std::string name;
    Spot spot;
  };

  void refer(Role role, const Node& node, std::string name);

  const std::vector<Reference>& references() const { return references_; }

  // Says that `name` now belongs to this node; reports it if another had it before. `space` keeps
  // names of different sorts apart: "name", "service provider code".
  void declare(std::string_view space, const std::string& name, const Spot& spot);

  // Runs when all has been read, in the order of the file, even if there were problems.
  using Check = std::function<void(Reader&, const Scenario&)>;

  void later(Check check) { checks_.push_back(std::move(check)); }

  const std::vector<Check>& checks() const { return checks_; }

  const ParseOptions& options() const { return options_; }

  std::string path() const;

 private:
  struct Step {
    const std::string* key;  // Or
    const Node* item;        // a member of a list, by name if it has one.
    std::size_t index;
  };

  Problems& problems_;
  const ParseOptions& options_;
  std::vector<Step> steps_;
  std::vector<Reference> references_;
  std::map<std::pair<std::string_view, std::string>, Place> declared_;
  std::vector<Check> checks_;
};

// The name by which --set and messages call a member of a list: its `name` or `id`, else its index.
std::string member_name(const Node& item, std::size_t index);

// The nearest of `known` by edit distance, "" if none is near enough to be meant.
std::string nearest(std::string_view text, const std::vector<std::string>& known);

// Reads the YAML of a default or an example on its own; true if nothing is wrong. For tests.
bool read_text(const std::string& yaml, const std::function<bool(Reader&, const Node&)>& read);

}  // namespace shakedown::scenarios
