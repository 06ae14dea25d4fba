// Whole sessions under everything a network and a machine can do to them, in virtual time and from a seed. At every
// point of rest each page shows the desktop's screen pixel for pixel, and all the time memory stays bounded.
//
// A failure prints its seed; VITRINE_SEED=N runs that one alone, VITRINE_SEEDS=N runs the first N.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/session/screen_activity.h"

namespace vitrine::session {
namespace {

constexpr LinkConditions kHome{.rate_bps = 20'000'000, .delay = 12 * kMillisecond, .jitter = 4 * kMillisecond};
constexpr LinkConditions kSlow{.rate_bps = 1'000'000, .delay = 60 * kMillisecond, .jitter = 20 * kMillisecond};

LinkScript one_change(LinkChange change) {
  return {change};
}

// A session in trouble. Each event is drawn from the world's random numbers.
class Trouble {
 public:
  explicit Trouble(uint64_t seed)
      : world({480, 320}, seed),
        activity_(world),
        first(world.open_page({480, 320}, kHome)),
        second(world.open_page({640, 360}, kSlow)) {}

  World world;

  // Some seconds of work, in which things go wrong.
  void work(Micros duration) {
    const Micros end = world.now() + duration;
    while (world.now() < end) {
      world.run((1 + world.random(200)) * kMillisecond);
      activity_.draw();
      if (world.chance(40)) activity_.play_film();
      use(world.chance(2) ? first : second);
      if (world.chance(25)) go_wrong();
    }
  }

  // Everything that was wrong is repaired, programs and people stop; then all pages have to be exact.
  void rest() {
    for (VirtualPage* page : pages()) {
      world.network_of(*page).append(one_change({.stalled = false, .shut = false}), world.now());
      page->hide(false);
      page->press(false);
    }
    if (!world.gateway.up()) world.gateway.start(world.now());
    const auto all_exact = [this] { return first.is_exact() && second.is_exact(); };
    EXPECT_TRUE(world.run_until(all_exact, 90 * kSecond)) << describe();
    world.run(8 * kSecond);  // the checks of the picture are made at rest
    EXPECT_TRUE(all_exact()) << describe();
    expect_sound();
  }

  void expect_sound() {
    for (VirtualPage* page : pages()) {
      EXPECT_EQ(page->fault(), "");
      EXPECT_LT(page->waiting_bytes(), 256U * 1024);
    }
    EXPECT_LE(world.gateway.largest_queue(), kRelayBytes + kMaxMessage);
    EXPECT_LE(world.desktop.largest_overshoot(), kMaxUpdateBody);
    expect_input_in_order();
  }

  // What was typed arrives in order and never twice; what was under way when a link was cut may be missing.
  void expect_input_in_order() {
    int last = 0;
    std::istringstream words(world.desktop.hands.typed);
    for (int number = 0; words >> number;) {
      EXPECT_GT(number, last);
      last = number;
    }
  }

  std::string describe() {
    return "at " + std::to_string(world.now() / kMillisecond) + " ms\nfirst page: " + first.describe() +
           "\nsecond page: " + second.describe() + "\nscreen " + std::to_string(world.desktop.screen.pixels().width()) +
           "x" + std::to_string(world.desktop.screen.pixels().height()) + ", " + world.desktop.describe(world.now());
  }
  std::vector<VirtualPage*> pages() { return {&first, &second}; }

 private:
  ScreenActivity activity_;

 public:
  VirtualPage& first;
  VirtualPage& second;

 private:
  void use(VirtualPage& page) {
    switch (world.random(5)) {
      case 0: page.move_pointer(static_cast<int>(world.random(600)), static_cast<int>(world.random(400))); break;
      case 1: page.press(world.chance(2)); break;
      case 2:
        if (world.chance(10)) page.resize({320 + static_cast<int>(world.random(400)), 240});
        break;
      case 3:
        if (world.chance(10)) page.hide(world.chance(2));
        break;
      // One person types; two have no common order.
      case 4: first.type(std::to_string(++typed_) + " "); break;
    }
  }

  void go_wrong() {
    EmulatedLink& network = world.network_of(world.chance(2) ? first : second);
    const Micros while_long = (1 + world.random(3'000)) * kMillisecond;
    switch (world.random(6)) {
      case 0: network.append(one_change({.down_bps = 300'000 + world.random(50'000'000)}), world.now()); break;
      case 1: network.append(one_change({.delay = world.random(150) * kMillisecond}), world.now()); break;
      case 2: network.append({{.at = 0, .stalled = true}, {.at = while_long, .stalled = false}}, world.now()); break;
      case 3:
        network.append({{.at = 0, .reset = true, .shut = true}, {.at = while_long, .shut = false}}, world.now());
        break;
      case 4: world.desktop.crash(world.now(), while_long); break;
      case 5:
        world.gateway.crash();
        world.run(while_long);
        world.gateway.start(world.now());
        break;
    }
  }

  int typed_ = 0;
};

uint64_t number_from_environment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(SimulationTest, PagesConvergeToTheExactScreenThroughAllTrouble) {
  const uint64_t only = number_from_environment("VITRINE_SEED", 0);
  const uint64_t seeds = number_from_environment("VITRINE_SEEDS", 6);
  for (uint64_t seed = only > 0 ? only : 1; seed <= (only > 0 ? only : seeds); ++seed) {
    SCOPED_TRACE("VITRINE_SEED=" + std::to_string(seed));
    Trouble session(seed);
    for (int part = 0; part < 4; ++part) {
      session.work(12 * kSecond);
      session.rest();
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(SimulationTest, TheSameSeedGivesTheSameRun) {
  const auto run = [] {
    Trouble session(7);
    session.work(10 * kSecond);
    session.rest();
    return session.describe() + session.world.desktop.hands.typed +
           std::to_string(session.world.network_of(session.first).down().delivered_bytes());
  };
  EXPECT_EQ(run(), run());
}

TEST(SimulationTest, AStillScreenSendsOnlySignsOfLife) {
  Trouble session(1);
  session.work(3 * kSecond);
  session.rest();
  LinkModel& down = session.world.network_of(session.first).down();
  const uint64_t bytes_before = down.delivered_bytes();
  const int captures_before = session.world.desktop.screen.captures();
  session.world.run(60 * kSecond);
  EXPECT_LT(down.delivered_bytes() - bytes_before, 300U);
  EXPECT_EQ(session.world.desktop.screen.captures(), captures_before);
}

// Noise all over, as a film in the worst case: more than any ceiling carries.
void fill_with_noise(World& world) {
  codec::Picture& pixels = world.desktop.screen.pixels();
  uint32_t noise = world.random(1 << 30);
  for (int y = 0; y < pixels.height(); ++y) {
    for (int x = 0; x < pixels.width(); ++x) pixels.row(y)[x] = (noise = noise * 1664525 + 1013904223) >> 8;
  }
  world.desktop.screen.damage(pixels.bounds());
  world.desktop.touch();
}

TEST(SimulationTest, ACeilingHoldsWhateverTheLinkCouldCarry) {
  constexpr Micros kTime = 6 * kSecond;
  constexpr double kFraming = 80;  // of sockets and TLS, which the simulation has not but a ceiling counts
  for (const uint32_t kbit : {500U, 2'000U, 8'000U}) {
    World world({320, 240}, 3);
    VirtualPage& page = world.open_page({320, 240}, kHome);
    page.lack_video();
    ASSERT_TRUE(world.run_until([&] { return page.is_exact(); }, 20 * kSecond));
    page.prefer({.ceiling_kbit = kbit});
    LinkModel& down = world.network_of(page).down();
    uint64_t bytes_before = 0;
    for (Micros spent = -kSecond; spent < kTime; spent += kSecond / 30) {
      if (bytes_before == 0 && spent >= 0) {
        bytes_before = down.delivered_bytes();
        page.forget_counts();
      }
      fill_with_noise(world);
      world.run(kSecond / 30);
    }
    const double bytes = static_cast<double>(down.delivered_bytes() - bytes_before) + kFraming * page.counts().updates;
    const double rate = bytes * 8 / (static_cast<double>(kTime) / static_cast<double>(kSecond)) / 1000;
    EXPECT_NEAR(rate, kbit, kbit * 0.05);
    ASSERT_TRUE(world.run_until([&] { return page.is_exact(); }, 60 * kSecond)) << page.describe();
  }
}

TEST(SimulationTest, ASlowLinkShowsFewerAndNewerPicturesNotAQueueOfOldOnes) {
  World world({640, 480}, 1);
  VirtualPage& page = world.open_page({640, 480}, kSlow);
  ASSERT_TRUE(world.run_until([&] { return page.is_exact(); }, 20 * kSecond));
  ScreenActivity activity(world);
  for (int frame = 0; frame < 60 * 20; ++frame) {
    if (frame == 60 * 5) page.forget_counts();  // once the pacer knows the link
    activity.draw();
    world.run(kSecond / 60);
  }
  // The link's queue alone would add 500 ms.
  EXPECT_LT(page.counts().oldest_picture, kSlow.delay + kSlow.jitter + 250 * kMillisecond);
  EXPECT_GT(page.counts().updates, 15 * 5);
  EXPECT_EQ(page.fault(), "");
  EXPECT_TRUE(world.run_until([&] { return page.is_exact(); }, 60 * kSecond));
}

TEST(SimulationTest, AFilmIsAStreamWhileItPlaysAndExactAfterwards) {
  World world({640, 480}, 1);
  VirtualPage& page = world.open_page({640, 480}, kHome);
  ASSERT_TRUE(world.run_until([&] { return page.is_exact(); }, 20 * kSecond));
  ScreenActivity activity(world);
  for (int i = 0; i < 3; ++i) {
    page.forget_counts();
    activity.play_film();
    EXPECT_GE(page.counts().frames, 10);
    EXPECT_FALSE(page.is_exact());
    EXPECT_TRUE(world.run_until([&] { return page.is_exact(); }, 2 * kSecond)) << page.describe();
  }
  EXPECT_EQ(page.fault(), "");
}

TEST(SimulationTest, AStallLongerThanAllPatienceEndsInAnExactPicture) {
  Trouble session(3);
  session.work(2 * kSecond);
  session.world.network_of(session.first)
      .append({{.at = 0, .stalled = true}, {.at = 80 * kSecond, .stalled = false}}, session.world.now());
  session.work(85 * kSecond);
  session.rest();
  EXPECT_GT(session.first.counts().connections, 1);
}

TEST(SimulationTest, WhoeverLeavesLetsGoOfTheKeys) {
  World world({320, 240}, 1);
  VirtualPage& page = world.open_page({320, 240}, kHome);
  ASSERT_TRUE(world.run_until([&] { return page.connected(); }, 5 * kSecond));
  page.press(true);
  world.run(kSecond);
  EXPECT_EQ(world.desktop.hands.held.size(), 1U);
  page.leave();
  world.run(kSecond);
  EXPECT_TRUE(world.desktop.hands.held.empty());
}

}  // namespace
}  // namespace vitrine::session
