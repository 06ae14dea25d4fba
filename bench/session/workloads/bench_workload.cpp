// bench_workload: small X11 programs that always draw the same, for the session benchmark.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "bench/session/workloads/workloads.h"

int main(int argc, char** argv) {
  CLI::App app("Draws on the display that DISPLAY names until standard input ends; reports JSON lines.");
  vitrine::WorkloadOptions options;
  std::vector<int> place;
  app.add_option("--place", place, "x y width height of the window; the whole screen unless given")->expected(4);
  app.require_subcommand(1);
  using Run = vitrine::Result<void> (*)(const vitrine::WorkloadOptions&);
  Run chosen = nullptr;
  const auto add = [&](const char* name, const char* text, Run run) {
    CLI::App* command = app.add_subcommand(name, text);
    command->callback([&chosen, run] { chosen = run; });
    command->add_option("--picture", options.picture, "a PPM to draw from")->required();
    return command;
  };
  add("keys", "a letter for each key and click", vitrine::run_keys)
      ->add_flag("--marker", options.marker, "a square whose colour counts them");
  add("scroll", "a page that the wheel scrolls", vitrine::run_scroll);
  add("drag", "a window that the pointer drags", vitrine::run_drag)
      ->add_option("--window", options.window, "the window's picture")
      ->required();
  CLI::App* video = add("video", "a moving picture", vitrine::run_video);
  video->add_option("--frames", options.frames, "how many")->check(CLI::Range(1, 1 << 20));
  video->add_option("--rate", options.rate, "frames a second")->check(CLI::Range(1, 240));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (!place.empty()) options.place = {place[0], place[1], place[2], place[3]};
  const auto done = chosen(options);
  if (done.ok()) return 0;
  std::fprintf(stderr, "bench_workload: %s\n", done.error().message.c_str());
  return 1;
}
