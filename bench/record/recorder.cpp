// bench_recorder: writes what the display that DISPLAY names shows, a frame each time it is told to. Lines on standard
// input, each answered by one JSON line:
//
//   open FILE           begins FILE (raw BGRX frames) and FILE.damage (for each frame: [[x, y, width, height], ...])
//   frame QUIET WAIT    waits until something was drawn, at most WAIT ms, then until nothing was for QUIET ms, and
//   writes
//                       the screen; {"changed": n} tells how many rectangles were damaged. QUIET 0 takes the first
//                       thing drawn, for what never rests
//   close               ends the files
//
// Frames follow what programs do and not a clock, so that the same script records the same frames on any machine.
#include <poll.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "host-agent/screen/x11_screen.h"
#include "protocol/base/time.h"

namespace vitrine::agent {
namespace {

class Recorder {
 public:
  static Result<std::unique_ptr<Recorder>> create() {
    auto self = std::unique_ptr<Recorder>(new Recorder);
    self->display_ = TRY(X11Display::connect(""));
    self->screen_ = TRY(X11Screen::create(*self->display_));
    return self;
  }

  Result<nlohmann::json> handle(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "open") {
      std::string path;
      std::getline(words >> std::ws, path);
      return open(path);
    }
    int quiet_ms = 0;
    int wait_ms = 0;
    if (verb == "frame" && words >> quiet_ms >> wait_ms) return frame(quiet_ms, wait_ms);
    if (verb == "close") return close();
    return Error{ErrorCode::kInvalidArgument, "not a command: " + line};
  }

 private:
  Recorder() = default;

  Result<nlohmann::json> open(const std::string& path) {
    frames_.open(path, std::ios::binary | std::ios::trunc);
    damage_.open(path + ".damage", std::ios::trunc);
    if (!frames_ || !damage_) return Error{ErrorCode::kIo, path + ": cannot be written"};
    const Size size = screen_->content().picture.size();
    return nlohmann::json{{"width", size.width}, {"height", size.height}};
  }

  // Waits at most `ms` for the server to say that something was drawn.
  Result<bool> damaged_within(int ms) {
    const Micros end = monotonic_now() + ms * Micros{1000};
    for (;;) {
      if (TRY(screen_->take_events()).damaged) return true;
      const Micros left = end - monotonic_now();
      if (left <= 0) return false;
      pollfd server{display_->fd(), POLLIN, 0};
      ::poll(&server, 1, static_cast<int>(left / 1000) + 1);
    }
  }

  // Captures until nothing is drawn for `quiet_ms`; each capture arms the server's report again.
  Result<nlohmann::json> frame(int quiet_ms, int wait_ms) {
    nlohmann::json rectangles = nlohmann::json::array();
    bool drawn = TRY(damaged_within(wait_ms));
    while (drawn) {
      for (const Rect& one : TRY(screen_->capture())) rectangles.push_back({one.x, one.y, one.width, one.height});
      drawn = quiet_ms > 0 && TRY(damaged_within(quiet_ms));
    }
    const codec::Picture& picture = screen_->content().picture;
    frames_.write(reinterpret_cast<const char*>(picture.row(0)),
                  static_cast<std::streamsize>(picture.bounds().area() * 4));
    damage_ << rectangles.dump() << '\n';
    if (!frames_ || !damage_) return Error{ErrorCode::kIo, "the recording cannot be written; is the disk full?"};
    return nlohmann::json{{"changed", rectangles.size()}};
  }

  Result<nlohmann::json> close() {
    frames_.close();
    damage_.close();
    if (!frames_ || !damage_) return Error{ErrorCode::kIo, "the recording could not be written whole"};
    return nlohmann::json::object();
  }

  std::unique_ptr<X11Display> display_;
  std::unique_ptr<X11Screen> screen_;
  std::ofstream frames_;
  std::ofstream damage_;
};

int run() {
  const auto recorder = Recorder::create();
  if (!recorder.ok()) {
    std::fprintf(stderr, "bench_recorder: %s\n", recorder.error().message.c_str());
    return 1;
  }
  for (std::string line; std::getline(std::cin, line);) {
    const auto answer = recorder.value()->handle(line);
    if (!answer.ok()) {
      std::cout << nlohmann::json{{"error", answer.error().message}}.dump() << std::endl;
      return 1;
    }
    std::cout << answer.value().dump() << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace vitrine::agent

int main() {
  return vitrine::agent::run();
}
