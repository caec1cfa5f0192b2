// What can be said about a scenario only when all of it has been read. Internal to the parser.
#pragma once

#include <string>
#include <vector>

#include "scenarios/language/reader.h"
#include "scenarios/model/model.h"

namespace shakedown::scenarios {

// The network of a file that says nothing about it.
Network default_network();

// Names that every scenario gives away before the file does.
void declare_reserved_names(Reader& reader);

// Every name that a reference of this role may have. `with_adversaries` adds theirs where the role
// allows it.
std::vector<std::string> names_in(const Scenario& scenario,
                                  Role role,
                                  bool with_adversaries = true);

// Each reference must be somebody; else the nearest name is suggested.
void check_references(Reader& reader, const Scenario& scenario);

// Ids of traffic and of expectations are unique, those that were given and those that were not.
void check_ids(Reader& reader, const Node& root, const Scenario& scenario);

}  // namespace shakedown::scenarios
