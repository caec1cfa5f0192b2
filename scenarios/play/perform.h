// What a timeline can do, an overload for each action of the language; each is defined in a file of
// its own in actions/. All may suspend (*). What fails is recorded, never returned: a story goes
// on.
#pragma once

#include "scenarios/model/story.h"

namespace shakedown::scenarios {

class Stage;

void perform(Stage& stage, const InjectFault& action);
void perform(Stage& stage, const MisIssue& action);
void perform(Stage& stage, const Move& action);
void perform(Stage& stage, const Note& action);
void perform(Stage& stage, const PlaceCalls& action);
void perform(Stage& stage, const Reinstate& action);
void perform(Stage& stage, const RemoveAccount& action);
void perform(Stage& stage, const RemoveCa& action);
void perform(Stage& stage, const RestoreCa& action);
void perform(Stage& stage, const Revoke& action);
void perform(Stage& stage, const RevokeMany& action);
void perform(Stage& stage, const RollBackCrl& action);
void perform(Stage& stage, const RollSigner& action);
void perform(Stage& stage, const Rotate& action);
void perform(Stage& stage, const StealKey& action);
void perform(Stage& stage, const Suspend& action);
void perform(Stage& stage, const WithdrawSpc& action);

}  // namespace shakedown::scenarios
