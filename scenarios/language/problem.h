// What is wrong with a scenario file, and where.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "scenarios/model/ecosystem.h"

namespace shakedown::scenarios {

struct Problem {
  std::string file;  // As given; "--set PATH" when that override is to blame.
  int line = 0;      // From 1; 0 for an override.
  int column = 0;    // From 1, in characters.
  std::string message;
  friend auto operator<=>(const Problem&, const Problem&) = default;
};

// "FILE:LINE:COLUMN: message", or "--set PATH: message".
std::string to_string(const Problem& problem);

// No more problems than this of one file are reported.
inline constexpr std::size_t kMostProblems = 50;

// Text of the file for a message: quoted, cut after 60 characters, without control characters.
std::string in_quotes(std::string_view text);

// Where a node came from: a mark of the file, or the override that set it.
struct Place {
  Mark mark;
  std::string set_path;  // "" for the file.
  friend bool operator==(const Place&, const Place&) = default;
};

// Collects problems, drops repetitions, stops keeping (but not counting) when there are too many.
class Problems {
 public:
  explicit Problems(std::string file)
      : file_(std::move(file)) {}

  void add(const Place& place, std::string message);

  // True when add() would only count: callers skip the work of composing a message.
  bool full() const { return kept_.size() >= kKept; }

  void count_one_more() { ++unkept_; }

  bool empty() const { return kept_.empty(); }

  // The first kMostProblems by line and column, and how many more there were.
  struct Report {
    std::vector<Problem> problems;
    std::size_t unreported = 0;
  };

  Report report() const;

 private:
  static constexpr std::size_t kKept = 1'000;
  std::string file_;
  std::vector<Problem> kept_;
  std::size_t unkept_ = 0;
};

}  // namespace shakedown::scenarios
