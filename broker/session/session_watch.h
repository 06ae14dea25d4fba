// What is due for running sessions by their rules: warnings, new admissions, ends. Sans-IO: it is told what the rules
// are and how desktops are doing, and says what to do at a time. One thread.
//
// The idle limit counts while somebody views, from the last input or arrival; the disconnect limit while nobody does.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "broker/catalogue/policy_rules.h"
#include "broker/session/sessions.h"

namespace vitrine::broker {

inline constexpr int64_t kHoursWarningS = 5 * 60;  // time to save and say good-bye
inline constexpr int64_t kIdleWarningS = 60;       // time to reach for the mouse

struct WatchedSession {
  Session session;
  Rules rules;
  std::string over;        // when not empty, why it is to be ended at once
  int64_t generation = 0;  // its viewers' tickets have to be of
};

struct SessionOrder {
  enum class Kind : uint8_t { kNotice, kReadmit, kEnd };
  Kind kind = Kind::kNotice;
  Session session;
  std::string text;        // a sentence for its viewers
  int64_t generation = 0;  // of kReadmit
};

class SessionWatch {
 public:
  // These are all that run; what is known of them otherwise stays.
  void set(std::vector<WatchedSession> all, int64_t now_s);
  // One more, or another judgement of it.
  void add(WatchedSession one, int64_t now_s);
  void forget(const std::string& desktop) { states_.erase(desktop); }
  [[nodiscard]] bool knows(const std::string& desktop) const { return states_.contains(desktop); }
  // How its desktop is doing.
  void heard(const std::string& desktop, int viewers, uint64_t inputs, int64_t now_s);

  // What is to be done now; each thing once.
  std::vector<SessionOrder> due(int64_t now_s);

 private:
  struct State {
    WatchedSession watched;
    int viewers = 0;
    uint64_t inputs = 0;
    int64_t active_s = 0;         // last input or arrival
    int64_t unviewed_s = 0;       // since when nobody views; 0: somebody does, or it is still starting
    int64_t closes_s = 0;         // end of its hours; 0: not within days
    int64_t told_generation = 1;  // the first was in force when the desktop started
    bool idle_warned = false;
    bool hours_warned = false;
    bool ended = false;
  };
  static void judge_idle(State& state, int64_t now_s, std::vector<SessionOrder>& orders);
  static void judge_hours(State& state, int64_t now_s, std::vector<SessionOrder>& orders);
  static void judge(State& state, int64_t now_s, std::vector<SessionOrder>& orders);
  static void order_end(State& state, std::string reason, std::vector<SessionOrder>& orders);

  std::map<std::string, State> states_;  // by desktop
};

}  // namespace vitrine::broker
