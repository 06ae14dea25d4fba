#include "broker/catalogue/week_hours.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vitrine::broker {

namespace {

constexpr int kMinutesOfDay = 24 * 60;
constexpr int kMinutesOfWeek = 7 * kMinutesOfDay;
constexpr size_t kMostWindows = 32;  // nobody's week has more; bounds what each ticket has to look at
constexpr size_t kLongestText = 1024;
constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::array<std::string_view, 7> kDayNames = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                       "Friday", "Saturday", "Sunday"};

Error wrong(std::string_view part, std::string_view what) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("Hours: \"{}\" {}. Write a time zone and windows, like \"Europe/Berlin mon-fri 08:00-18:00, sat "
                      "10:00-14:00\", or \"any\".",
                      part, what)};
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<int> day_number(std::string_view name) {
  const auto found = std::ranges::find(kDays, name);
  if (found == kDays.end()) return std::nullopt;
  return static_cast<int>(found - kDays.begin());
}

// "08:30" in minutes; 24:00 is the end of a day.
std::optional<int> minute_of_day(std::string_view text) {
  const auto digit = [&](size_t at) { return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : 100; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const int hours = digit(0) * 10 + digit(1);
  const int minutes = digit(3) * 10 + digit(4);
  const bool good = (hours < 24 && minutes < 60) || (hours == 24 && minutes == 0);
  return good ? std::optional(hours * 60 + minutes) : std::nullopt;
}

const date::time_zone* zone_named(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {  // the library has no other way to say that there is none
    return nullptr;
  }
}

}  // namespace

Result<WeekHours> WeekHours::parse(std::string_view text) {
  if (text.size() > kLongestText) return wrong(text.substr(0, 40), "and what follows is too long");
  text = trimmed(text);
  const size_t blank = text.find(' ');
  WeekHours hours;
  hours.zone_name_ = text.substr(0, blank);
  hours.zone_ = zone_named(hours.zone_name_);
  if (hours.zone_ == nullptr) return wrong(hours.zone_name_, "is no time zone that this server knows");
  if (blank == std::string_view::npos) return wrong(text, "has no windows");
  hours.text_ = hours.zone_name_;
  std::string_view rest = text.substr(blank);
  for (bool more = true; more;) {
    const size_t comma = rest.find(',');
    more = comma != std::string_view::npos;
    const std::string item = TRY(hours.add_window(trimmed(rest.substr(0, comma))));
    hours.text_ += (hours.text_.size() == hours.zone_name_.size() ? " " : ", ") + item;
    if (more) rest.remove_prefix(comma + 1);
  }
  return hours;
}

Result<std::string> WeekHours::add_window(std::string_view item) {
  const size_t blank = item.find(' ');
  if (blank == std::string_view::npos) return wrong(item, "is not days and times");
  const std::string_view days = item.substr(0, blank);
  const std::string_view times = trimmed(item.substr(blank));
  const size_t dash = days.find('-');
  const auto first = days == "daily" ? std::optional(0) : day_number(days.substr(0, dash));
  const auto last = days == "daily"                  ? std::optional(6)
                    : dash == std::string_view::npos ? first
                                                     : day_number(days.substr(dash + 1));
  if (!first || !last) return wrong(days, "is no day of the week; they are mon, tue, wed, thu, fri, sat, sun");
  const auto from = minute_of_day(times.substr(0, 5));
  const auto to = times.size() == 11 && times[5] == '-' ? minute_of_day(times.substr(6)) : std::nullopt;
  if (!from || !to || *from == kMinutesOfDay || *from == *to) return wrong(times, "is no span of time");
  const int length = *to > *from ? *to - *from : *to + kMinutesOfDay - *from;
  for (int day = *first;; day = (day + 1) % 7) {
    if (windows_.size() == kMostWindows)
      return wrong(item, fmt::format("passes the limit of {} windows", kMostWindows));
    windows_.push_back({day * kMinutesOfDay + *from, day * kMinutesOfDay + *from + length});
    if (day == *last) break;
  }
  return fmt::format("{} {}", days, times);
}

int WeekHours::local_minute(int64_t unix_s) const {
  const auto local = zone_->to_local(date::sys_seconds(std::chrono::seconds(unix_s)));
  const auto day = date::floor<date::days>(local);
  const int minute = static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(local - day).count());
  return static_cast<int>(date::weekday(day).iso_encoding() - 1) * kMinutesOfDay + minute;
}

bool WeekHours::open_at(int64_t unix_s) const {
  const int minute = local_minute(unix_s);
  return std::ranges::any_of(windows_, [&](const Window& window) {
    return (minute >= window.from && minute < window.to) || minute + kMinutesOfWeek < window.to;
  });
}

std::string WeekHours::moment(int64_t unix_s) const {
  const int minute = local_minute(unix_s);
  const int of_day = minute % kMinutesOfDay;
  return fmt::format("{} {:02}:{:02}", kDayNames[static_cast<size_t>(minute / kMinutesOfDay)], of_day / 60,
                     of_day % 60);
}

bool open_at(const std::vector<WeekHours>& all, int64_t unix_s) {
  return std::ranges::all_of(all, [&](const WeekHours& hours) { return hours.open_at(unix_s); });
}

std::optional<int64_t> next_change(const std::vector<WeekHours>& all, int64_t unix_s) {
  if (all.empty()) return std::nullopt;
  const bool now = open_at(all, unix_s);
  int64_t minute_s = unix_s - unix_s % 60;
  for (int i = 0; i <= kMinutesOfWeek + kMinutesOfDay; ++i) {
    minute_s += 60;
    if (open_at(all, minute_s) != now) return minute_s;
  }
  return std::nullopt;
}

}  // namespace vitrine::broker
