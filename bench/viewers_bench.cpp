// What more viewers of one desktop cost: replays raw BGRX frames as the screen of a real DesktopAgent at 30 frames a
// second of virtual time, with 1, 2, 4 and 8 viewers whose acks come at once, and prints one JSON object a line for
// each number of viewers. Times are processor time of the one thread, with the capture from memory. Damage is the
// rectangle around what changed, as X servers over-report it.
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "codec/enc_diff.h"
#include "host-agent/desktop_agent.h"
#include "host-agent/input/recording_input.h"
#include "host-agent/screen/memory_screen.h"
#include "protocol/wire.h"

namespace vitrine::agent {
namespace {

constexpr Micros kFrame = kSecond / 30;
constexpr Micros kTick = kMillisecond;
constexpr Micros kAckDelay = 2 * kMillisecond;
constexpr Micros kSlowDelay = 80 * kMillisecond;

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Ack {
  ViewerId viewer = 0;
  FrameAck message;
  Micros at = 0;
};

// One desktop with some viewers, fed with the frames of a file.
class Replay {
 public:
  // `slow_mbit`: one viewer more, over a link of that rate; 0: none.
  Replay(Size size, int viewers, double slow_mbit)
      : screen_(size), agent_(screen_, hands_), slow_us_per_byte_(slow_mbit > 0 ? 8 / slow_mbit : 0) {
    for (int i = 0; i < viewers + (slow_mbit > 0 ? 1 : 0); ++i) {
      ids_.push_back(agent_.add_viewer(
          {.viewer = static_cast<uint64_t>(i), .session = "s", .user = "bench", .rights = kMayView}, now_));
    }
  }

  // False when the file ends before the first frame.
  bool run(const std::string& file, int most_frames) {
    std::ifstream in(file, std::ios::binary);
    codec::Picture next(screen_.pixels().size());
    const auto bytes = static_cast<std::streamsize>(next.bounds().area() * 4);
    while (frames_ < most_frames && in.read(reinterpret_cast<char*>(next.row(0)), bytes)) {
      draw(next);
      serve(kFrame);
      // The first frame is a screen opened, not a screen in use.
      if (frames_++ == 0) {
        serve(2 * kSecond);
        first_ms_ = agent_ms_;
        first_bytes_ = bytes_;
        slow_ms_ = longest_turn_ms_ = 0;
      }
    }
    const auto heap = mallinfo2();
    heap_mib_ = static_cast<double>(heap.uordblks + heap.hblkhd) / (1024 * 1024);
    return frames_ > 0;
  }

  [[nodiscard]] nlohmann::ordered_json report() const {
    const double viewers = static_cast<double>(ids_.size() - (slow_us_per_byte_ > 0 ? 1 : 0));
    const double frames = std::max(1, frames_ - 1);
    return {{"viewers", viewers},
            {"frames", frames_},
            {"cpu_ms_per_frame", (agent_ms_ - first_ms_) / frames},
            {"cpu_ms_first", first_ms_},
            {"cpu_ms_per_frame_of_slow", slow_ms_ / frames},
            {"longest_turn_ms", longest_turn_ms_},
            {"heap_mib", heap_mib_},
            {"bytes_per_frame_and_viewer", static_cast<double>(bytes_ - first_bytes_) / frames / viewers}};
  }

 private:
  void draw(const codec::Picture& next) {
    codec::TileSet changed(codec::CellGrid{next.size(), codec::kCellSide});
    changed.insert(Rect{0, 0, changed.columns(), changed.rows()});
    codec::keep_differing(next.view(), screen_.pixels().view(), changed);
    if (!changed.any()) return;
    const Rect area = codec::CellGrid{next.size(), codec::kCellSide}.pixels_of(changed.bounds());
    codec::copy_colours(next.view(), screen_.pixels(), area);
    screen_.damage(area);
  }

  void serve(Micros duration) {
    const Micros end = now_ + duration;
    for (; now_ < end; now_ += kTick) {
      const double before = cpu_ms();
      std::erase_if(acks_, [this](const Ack& ack) {
        if (ack.at > now_) return false;
        agent_.receive(ack.viewer, serialize(ack.message), now_);
        return true;
      });
      agent_.advance(now_);
      for (bool progress = true; progress;) {
        progress = false;
        for (const ViewerId id : ids_) progress = serve_one(id) || progress;
      }
      agent_ms_ += cpu_ms() - before;
    }
  }

  bool serve_one(ViewerId id) {
    if (!agent_.wants_output(id, now_)) return false;
    const double before = cpu_ms();
    const auto message = agent_.take_output(id, now_);
    const double took = cpu_ms() - before;
    longest_turn_ms_ = std::max(longest_turn_ms_, took);
    const bool slow = slow_us_per_byte_ > 0 && id == ids_.back();
    if (slow) slow_ms_ += took;
    if (!message) return false;
    if (!slow) bytes_ += message->size();
    Micros shown = now_;
    if (slow) {
      slow_free_ =
          std::max(slow_free_, now_) + static_cast<Micros>(slow_us_per_byte_ * static_cast<double>(message->size()));
      shown = slow_free_ + kSlowDelay;
    }
    if (const auto update = parse<Update>(*message); update.ok()) {
      acks_.push_back({id, {.update_id = update.value().id}, shown + kAckDelay});
    }
    return true;
  }

  MemoryScreen screen_;
  RecordingInput hands_;
  DesktopAgent agent_;
  Micros now_ = kSecond;
  std::vector<ViewerId> ids_;
  std::vector<Ack> acks_;
  double agent_ms_ = 0;
  double first_ms_ = 0;
  double slow_us_per_byte_;
  Micros slow_free_ = 0;  // when its link has sent all
  double slow_ms_ = 0;
  double longest_turn_ms_ = 0;
  double heap_mib_ = 0;  // at the end, with the screen and two pictures of the benchmark's own
  size_t bytes_ = 0;
  size_t first_bytes_ = 0;
  int frames_ = 0;
};

}  // namespace
}  // namespace vitrine::agent

int main(int argc, char** argv) {
  using namespace vitrine;
  std::vector<std::string> files;
  std::string text = "1920x1080";
  std::vector<int> counts = {1, 2, 4, 8};
  int frames = 60;
  double slow_mbit = 0;
  CLI::App app("Replays raw BGRX frames to several viewers of one desktop");
  app.add_option("files", files, "raw frames, 4 bytes a pixel")->required()->check(CLI::ExistingFile);
  app.add_option("--size", text, "WIDTHxHEIGHT of the frames");
  app.add_option("--viewers", counts, "how many at a time")->delimiter(',')->check(CLI::Range(1, 32));
  app.add_option("--slow", slow_mbit, "Mbit/s of one viewer more")->check(CLI::PositiveNumber);
  app.add_option("--frames", frames, "stop after this many")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  Size size;
  if (std::sscanf(text.c_str(), "%dx%d", &size.width, &size.height) != 2 || size.width < 1 || size.height < 1 ||
      size.width > 8192 || size.height > 8192) {
    std::fprintf(stderr, "--size wants WIDTHxHEIGHT, for example 1920x1080\n");
    return 2;
  }
  bool good = true;
  for (const std::string& file : files) {
    for (const int viewers : counts) {
      agent::Replay replay(size, viewers, slow_mbit);
      good = replay.run(file, frames) && good;
      nlohmann::ordered_json line{{"file", file}};
      line.update(replay.report());
      std::printf("%s\n", line.dump().c_str());
    }
  }
  return good ? 0 : 1;
}
