// The catalogue as files for outsiders: vectors.json with its JSON Schema, and the shared octets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vectors/catalogue.h"

namespace shakedown::vectors {

struct File {
  std::string name;  // Without a folder: "vectors.json", "crl.der".
  std::string content;
};

// vectors.json, its schema and the shared files. Equal catalogues give equal octets.
std::vector<File> catalogue_files(const Catalogue& catalogue);

std::string catalogue_json(const Catalogue& catalogue);
std::string_view catalogue_schema();  // JSON Schema, draft-07.

}  // namespace shakedown::vectors
