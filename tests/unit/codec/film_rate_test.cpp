// The quantizers of a film's frames, against a coder that is only a formula.
#include "codec/film_rate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "codec/even_film.h"
#include "codec/film_look.h"
#include "codec/video_encoders.h"
#include "tests/unit/codec/pictures.h"

namespace vitrine::codec {
namespace {

constexpr Size kFilm{1280, 720};
constexpr Micros kFrame = kSecond / 30;
constexpr double kAmple = 50e6;

// Frames whose bytes halve with every five steps of the quantizer, unlike what is assumed of them.
struct Coder {
  explicit Coder(double bytes_per_s) : rate(kFilm, bytes_per_s) {}

  FilmRate rate;
  Micros now = kSecond;
  double bytes = 0;
  int quantizer = 0;

  // `at_26`: what the frame takes with a quantizer of 26.
  void frame(double at_26, bool fresh = false, Micros after = kFrame) {
    now += after;
    quantizer = rate.quantizer(fresh, 8, now);
    bytes = size(at_26);
    if (const auto other = fresh ? rate.again(static_cast<size_t>(bytes)) : std::nullopt) {
      quantizer = *other;
      bytes = size(at_26);
    }
    rate.took(static_cast<size_t>(bytes));
  }
  double play(int frames, double at_26) {
    double total = 0;
    for (int i = 0; i < frames; ++i) {
      frame(at_26);
      total += bytes;
    }
    return total;
  }
  [[nodiscard]] double size(double at_26) const { return at_26 * std::exp2((26 - quantizer) / 5.0); }
};

TEST(FilmRate, FillsASlowLinkAndNoMore) {
  constexpr double kSlow = 60e3;
  Coder coder(kSlow);
  coder.frame(60e3, true);
  const double total = coder.bytes + coder.play(300, 20e3);
  EXPECT_LT(total, kSlow * 10 * 1.03 + kSlow * 0.125);
  EXPECT_GT(total, kSlow * 10 * 0.85);
}

TEST(FilmRate, TakesNoMoreThanIsComfortableOfAFastLink) {
  Coder coder(kAmple);
  coder.frame(60e3, true);
  coder.play(60, 7e3);
  const double per_second = coder.play(300, 7e3) / 10;
  EXPECT_GT(per_second, 160e3);
  EXPECT_LT(per_second, 220e3);
}

TEST(FilmRate, StaysCleanWhateverTheFilmTakesOfAFastLink) {
  Coder coder(kAmple);
  coder.frame(60e3, true);
  coder.play(120, 100e3);
  EXPECT_LE(coder.quantizer, 28);
  coder.play(120, 200);
  EXPECT_GE(coder.quantizer, 23);
}

TEST(FilmRate, MakesAKeyFrameAgainThatIsMuchTooLarge) {
  Coder coder(100e3);
  coder.frame(400e3, true);
  EXPECT_LT(coder.bytes, 100e3 * 0.125 * 1.5);
}

TEST(FilmRate, HasCreditForACutAfterAPauseAndFollowsANewRate) {
  Coder coder(100e3);
  coder.frame(40e3, true);
  coder.play(60, 6e3);
  coder.rate.set_rate(30e3);
  coder.play(60, 6e3);
  EXPECT_LT(coder.play(60, 6e3), 30e3 * 2 * 1.1);
  coder.frame(6e3, false, 10 * kSecond);
  EXPECT_LT(coder.bytes, 30e3 * 0.125);
}

// What a real coder makes of the quantizers, which libx264 holds to a range of its own unless it is told otherwise.
TEST(FilmRate, MakesARestlessFilmFitASlowLink) {
  constexpr double kSlow = 20e3;
  constexpr int kFrames = 90;
  const Rect film{0, 0, 320, 192};
  Dice dice{5};
  Picture scene({film.width, film.height});
  draw_photo(scene, scene.bounds(), dice);
  auto encoder = make_video_encoder(VideoCodec::kH264, {film.width, film.height}, kSlow).take();
  std::vector<uint8_t> packets;
  for (int i = 0; i < kFrames; ++i) {
    draw_noise(scene, {i * 7 % 256, i * 5 % 128, 64, 64}, dice);
    ASSERT_TRUE(encoder->encode(scene.view(), film, i == 0, kSecond + i * kFrame, packets).ok());
  }
  EXPECT_LT(static_cast<double>(packets.size()), kSlow * (kFrames / 30.0 + 0.125) * 1.15);
}

TEST(EvenFilm, IsWantedWhereAFilmFillsTheLinkAndNotForAMoment) {
  EvenFilm film(kFilm, kAmple);
  Micros now = kSecond;
  const auto wanted_after = [&](Micros time) {
    bool wanted = false;
    for (const Micros end = now + time; now < end; now += kFrame) wanted = film.wanted(now);
    return wanted;
  };
  EXPECT_FALSE(wanted_after(kSecond));
  film.set_rate(125e3);
  EXPECT_TRUE(film.wanted(now));
  // Its first frames on a better link, and a link that is better for a second.
  film.set_rate(kAmple);
  EXPECT_TRUE(wanted_after(kSecond));
  film.set_rate(400e3);
  EXPECT_TRUE(wanted_after(10 * kSecond));
  film.set_rate(kAmple);
  EXPECT_FALSE(wanted_after(5 * kSecond));
}

TEST(EvenFilm, GivesAFrameTheLinksTimeUntilTheNextOne) {
  constexpr double kRate = 120e3;
  for (const auto& [interval, share] :
       {std::pair{kSecond / 60, 1.0 / 60}, {kSecond / 30, 1.0 / 30}, {kSecond / 5, 0.034}}) {
    EvenFilm film(kFilm, kRate);
    for (int i = 0; i < 200; ++i) (void)film.wanted(kSecond + i * interval);
    EXPECT_GT(film.frame_bytes(), kRate * share);
    EXPECT_LT(film.frame_bytes(), kRate * share * 1.15);
  }
}

// Of a film whose single frames differ a lot in what they take, no frame takes more than its share.
TEST(EvenFilm, KeepsEveryFrameOfARealCoderToItsShare) {
  constexpr double kSlow = 25e3;
  const Size size{320, 192};
  Dice dice{5};
  Picture scene({960, 192});
  draw_photo(scene, scene.bounds(), dice);
  auto encoder = make_video_encoder(VideoCodec::kH264, size, kSlow).take();
  size_t all = 0;
  for (int i = 0; i < 90; ++i) {
    const Micros now = kSecond + i * kFrame;
    // It glides, and jumps at times.
    const Rect film{i * 2 + i / 10 * 40, 0, size.width, size.height};
    std::vector<uint8_t> packet;
    const bool key = encoder->wants_key(now);
    EXPECT_EQ(key, i == 0) << "frame " << i;
    ASSERT_TRUE(encoder->encode(scene.view(), film, key, now, packet).ok());
    EXPECT_LT(static_cast<double>(packet.size()), kSlow / 30 * 1.3) << "frame " << i;
    all += packet.size();
  }
  EXPECT_GT(static_cast<double>(all), kSlow * 3 * 0.2);
}

TEST(FilmLook, TellsCutsFromMotionAndDetailFromEvenness) {
  const Size size{320, 192};
  Dice dice{3};
  Picture scene({640, 192});
  draw_photo(scene, scene.bounds(), dice);
  const auto luma_at = [&](int x, bool inverted) {
    std::vector<uint8_t> luma;
    for (int row = 0; row < size.height; ++row) {
      for (int column = 0; column < size.width; ++column) {
        const auto green = static_cast<uint8_t>(scene.row(row)[x + column] >> 8);
        luma.push_back(inverted ? static_cast<uint8_t>(~green) : green);
      }
    }
    return luma;
  };
  FilmLook look;
  EXPECT_FALSE(look.look(luma_at(0, false).data(), size.width, size).cut);
  for (int i = 1; i < 20; ++i) {
    const FrameLook seen = look.look(luma_at(i * 2, false).data(), size.width, size);
    EXPECT_FALSE(seen.cut) << "frame " << i;
    EXPECT_GT(seen.detail, 1);
  }
  EXPECT_TRUE(look.look(luma_at(40, true).data(), size.width, size).cut);
  const std::vector<uint8_t> even(static_cast<size_t>(size.width) * size.height, 90);
  EXPECT_EQ(look.look(even.data(), size.width, size).detail, 0);
}

}  // namespace
}  // namespace vitrine::codec
