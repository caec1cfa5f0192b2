// `delegates:` of providers and enterprises: what they may delegate (RFC 9060).
#include "scenarios/language/definitions.h"
#include "scenarios/language/values.h"

namespace shakedown::scenarios {

Value<Delegates> delegates_value(bool with_code) {
  const Value<Delegates> yes_or_no = turned(boolean(), [](bool yes) {
    Delegates delegates;
    delegates.yes = yes;
    return delegates;
  });
  const Value<Delegates> listed = turned(number_ranges(), [](NumberRanges numbers) {
    Delegates delegates;
    delegates.yes = true;
    delegates.numbers = std::move(numbers);
    return delegates;
  });
  const Value<Delegates> either_of = either(yes_or_no, listed);
  if (!with_code) return either_of;
  constexpr const char* kByCode = "spc";
  auto shape = std::make_shared<Shape>();
  shape->form = Shape::Form::kEither;
  shape->words = either_of.shape->words + ", or " + kByCode;
  shape->either = either_of.shape->either;
  shape->either.push_back(
      one_of({{kByCode, "The CA certificate names the provider's code instead of numbers."}})
          .shape);
  return {shape, [either_of](Reader& reader, const Node& node, Delegates& into) {
            if (node.kind != Node::Kind::kScalar || node.text != kByCode) {
              return either_of.read(reader, node, into);
            }
            into = Delegates{};
            into.yes = true;
            into.by_code = true;
            return true;
          }};
}

}  // namespace shakedown::scenarios
