#include "broker/provision/desktop_scale.h"

#include <gtest/gtest.h>

namespace vitrine::broker {
namespace {

TEST(DesktopScaleTest, WidgetsTakeTheNearestFactorAndTextTheRest) {
  for (const auto& [percent, factor] :
       {std::pair{100, 1}, {149, 1}, {150, 2}, {249, 2}, {250, 3}, {349, 3}, {350, 4}}) {
    const DesktopScale scale = desktop_scale(percent);
    EXPECT_EQ(scale.factor, factor) << percent;
    EXPECT_EQ(scale.screen_dpi, 96 * percent / 100) << percent;
    EXPECT_EQ(scale.font_dpi, scale.screen_dpi / factor) << percent;
  }
  EXPECT_EQ(desktop_scale(300).cursor_side, 72);
}

TEST(DesktopScaleTest, NumbersOutOfRangeAreClamped) {
  EXPECT_EQ(desktop_scale(INT64_MIN), desktop_scale(50));
  EXPECT_EQ(desktop_scale(INT64_MAX), desktop_scale(400));
}

TEST(DesktopScaleTest, OnlyTheResolutionThatXfceWroteIsCorrected) {
  const DesktopScale phone = desktop_scale(300);
  EXPECT_EQ(corrected_resources("a:\t1\nXft.dpi:\t96\nb:\t2\n", phone), "a:\t1\nXft.dpi:\t288\nb:\t2\n");
  EXPECT_EQ(corrected_resources("Xft.dpi:\t96\n", phone), "Xft.dpi:\t288\n");
  EXPECT_EQ(corrected_resources("Xft.dpi:\t288\n", phone), std::nullopt);
  EXPECT_EQ(corrected_resources("Xft.dpi:\t120\n", phone), std::nullopt) << "the user's own";
  EXPECT_EQ(corrected_resources("myXft.dpi:\t96\n", phone), std::nullopt);
  EXPECT_EQ(corrected_resources("", phone), std::nullopt);
  EXPECT_EQ(corrected_resources("Xft.dpi:\t96\n", desktop_scale(100)), std::nullopt);
}

TEST(DesktopScaleTest, SettingsAreEncodedAsTheProtocolSays) {
  const std::string property = xsettings_property(desktop_scale(200), 7);
  const std::string start(
      "\0\0\0\0\7\0\0\0\4\0\0\0"                             // little endian, serial, settings
      "\0\0\x17\0Gdk/WindowScalingFactor\0\7\0\0\0\2\0\0\0"  // integer, name and padding
      "\0\0\x0f\0Gdk/UnscaledDPI\0\7\0\0\0\0\x80\1\0",
      12 + 36 + 28);
  EXPECT_EQ(property.substr(0, start.size()), start);
  EXPECT_EQ(property.size() % 4, 0U);
}

}  // namespace
}  // namespace vitrine::broker
