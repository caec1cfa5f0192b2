#include "stir/credential/certificate_fields.h"

#include <string>

namespace shakedown::stir {

bool names_provider(std::string_view common_name, std::string_view spc) {
  const auto is_word = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  const std::string wanted = "SHAKEN " + std::string(spc);
  for (auto at = common_name.find(wanted); at != std::string_view::npos;
       at = common_name.find(wanted, at + 1)) {
    const auto end = at + wanted.size();
    const bool begins = at == 0 || !is_word(common_name[at - 1]);
    if (begins && (end == common_name.size() || !is_word(common_name[end]))) return true;
  }
  return false;
}

}  // namespace shakedown::stir
