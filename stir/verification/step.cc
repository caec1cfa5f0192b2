#include "stir/verification/step.h"

#include "stir/verification/verification_steps.h"

namespace shakedown::stir {

StepInfo info(Step step) {
  const StepRow& row = row_of(step);
  return {row.id, row.question, row.clause};
}

std::string_view to_string(Step step) { return row_of(step).id; }

std::optional<Step> step_by_id(std::string_view id) {
  for (const StepRow& row : all_rows()) {
    if (row.id == id) return row.step;
  }
  return std::nullopt;
}

}  // namespace shakedown::stir
