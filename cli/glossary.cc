#include "cli/glossary.h"

#include "stir/verification/verification.h"

namespace shakedown::cli {

results::StepGlossary step_glossary() {
  return [](std::string_view id) -> std::optional<results::StepText> {
    const auto step = stir::step_by_id(id);
    if (!step) return std::nullopt;
    return results::StepText{.question = std::string(stir::info(*step).question),
                             .clause = std::string(stir::info(*step).clause)};
  };
}

}  // namespace shakedown::cli
