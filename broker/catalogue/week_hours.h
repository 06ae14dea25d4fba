// Hours of the week in one time zone: "Europe/Berlin mon-fri 08:00-18:00, sat 10:00-14:00". Days are mon ... sun, a
// range of them or "daily"; a window that ends before it begins goes on into the next day. Local time counts, so the
// hours stay where they are when clocks change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"

namespace date {
class time_zone;
}

namespace vitrine::broker {

class WeekHours {
 public:
  // Errors: invalid_argument with what is wrong in which part.
  static Result<WeekHours> parse(std::string_view text);
  // As parse() takes it, in one form.
  [[nodiscard]] const std::string& text() const { return text_; }

  [[nodiscard]] bool open_at(int64_t unix_s) const;
  // "Monday 08:00", in its own zone.
  [[nodiscard]] std::string moment(int64_t unix_s) const;
  [[nodiscard]] const std::string& zone_name() const { return zone_name_; }

 private:
  // Minutes since Monday 00:00; `to` may lie in the next week.
  struct Window {
    int from = 0;
    int to = 0;
  };
  Result<std::string> add_window(std::string_view item);
  // Minute of the week.
  [[nodiscard]] int local_minute(int64_t unix_s) const;

  const date::time_zone* zone_ = nullptr;  // of the library's table, which lives as long as the process
  std::string zone_name_;
  std::string text_;
  std::vector<Window> windows_;
};

// All of them have to be open. Empty: always.
bool open_at(const std::vector<WeekHours>& all, int64_t unix_s);
// The first full minute after `unix_s` at which open_at() is different; nothing when that is not within eight days.
std::optional<int64_t> next_change(const std::vector<WeekHours>& all, int64_t unix_s);

}  // namespace vitrine::broker
