// From text to a tree of nodes, within bounds. yaml-cpp does the syntax; everything that it lets
// pass is refused here: duplicate keys, alias bombs, cycles, tags, merge keys, further documents,
// control characters, octets that are not UTF-8, and sizes beyond the limits.
#pragma once

#include <cstddef>
#include <string_view>

#include "scenarios/language/node.h"
#include "scenarios/language/problem.h"

namespace shakedown::scenarios {

struct YamlLimits {
  std::size_t octets = std::size_t{4} << 20;
  std::uint32_t depth = 64;
  std::uint32_t expanded_nodes = 200'000;  // Aliases counted each time.
};

// The document's root, or nullptr with at least one problem added. Problems that leave a readable
// tree (duplicate keys, tags) are added and the tree is returned all the same, so that the rest of
// the file is checked too. Pure; thread-safe; time and memory linear in the limits.
NodePtr read_yaml(std::string_view text, Problems& problems, const YamlLimits& limits = {});

}  // namespace shakedown::scenarios
