// Replays raw BGRX frames through encoder and decoder and prints one JSON object a line for each file; times are
// processor time of the one thread.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "bench/codec/replay.h"

namespace vitrine::codec {
namespace {

int fail(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return 1;
}

// A line on standard output for each file. The exit status: 1 when any failed or did not end exact.
int replay_all(const std::vector<std::string>& files, const ReplayOptions& options) {
  int status = 0;
  for (const std::string& file : files) {
    const auto figures = Replay(options, file).run();
    if (!figures.ok()) {
      status = fail(figures.error());
      continue;
    }
    std::printf("%s\n", figures.value().json().dump().c_str());
    std::fflush(stdout);
    if (!figures.value().exact) status = fail({ErrorCode::kInternal, file + ": the decoded screen is not exact"});
  }
  return status;
}

}  // namespace
}  // namespace vitrine::codec

int main(int argc, char** argv) {
  using namespace vitrine::codec;
  ReplayOptions options;
  std::vector<std::string> files;
  std::string size = "1920x1080";
  std::string dump_path;
  int threads = 1;
  CLI::App app("Replays raw BGRX frames through the codec");
  app.add_option("files", files, "raw frames, 4 bytes a pixel")->required();
  app.add_option("--size", size, "WIDTHxHEIGHT of the frames");
  app.add_flag("--lossless", options.lossless, "nothing lossy, every frame whole");
  app.add_option("--quality", options.quality, "JPEG quality of first paints")->check(CLI::Range(1, 100));
  app.add_option("--mbit", options.mbit, "the link of a lossy run, Mbit/s")->check(CLI::PositiveNumber);
  app.add_option("--damage", options.damage, "tiles: those that changed; full: the whole screen every frame")
      ->check(CLI::IsMember({"tiles", "full"}));
  app.add_option("--frames", options.frames, "stop after this many")->check(CLI::NonNegativeNumber);
  app.add_option("--archive", options.archive_mib, "MiB kept for recall on both sides")->check(CLI::Range(0, 1024));
  app.add_option("--video", options.video, "what moving pictures go as in a lossy run")
      ->check(CLI::IsMember({"h264", "vp8", "vp9", "none"}));
  std::vector<std::string> film;
  app.add_option("--film", film,
                 "X,Y,WIDTH,HEIGHT[@FRAME] of a film, from that frame on: what lies beside it is checked in every "
                 "frame, and what it "
                 "takes is compared with x264 superfast; more of them are windows over it");
  app.add_option(
      "--drag", options.drag,
      "a window (PPM) that is dragged over the files, which are wallpapers (PPM) then, as the session benchmark "
      "does; its pictures are in build/bench-pictures");
  app.add_option("--threads", threads, "the codec uses one")->check(CLI::IsMember({1}));
  app.add_option("--dump", dump_path, "write the updates to this file, for the decoder's benchmark");
  app.add_flag("--verbose", options.verbose, "a line for each update on stderr");
  CLI11_PARSE(app, argc, argv);
  const auto parsed = parse_size(size);
  if (!parsed.ok()) return fail(parsed.error());
  options.size = parsed.value();
  for (const std::string& text : film) {
    auto area = FilmArea::parse(text);
    if (!area.ok()) return fail(area.error());
    options.film.push_back(area.take());
  }
  if (dump_path.empty()) return replay_all(files, options);

  auto dump = UpdateDump::create(dump_path);
  if (!dump.ok()) return fail(dump.error());
  options.dump = &dump.value();
  const int status = replay_all(files, options);
  const auto written = dump.value().close();
  return written.ok() ? status : fail(written.error());
}
