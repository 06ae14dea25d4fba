#include <gtest/gtest.h>

#include <map>

#include "host-agent/clipboard/memory_clipboard.h"
#include "host-agent/input/recording_input.h"
#include "host-agent/screen/memory_screen.h"
#include "protocol/wire.h"
#include "tests/unit/host-agent/virtual_viewer.h"

namespace vitrine::agent {
namespace {

constexpr uint32_t kCopy = kMayCopyText | kMayCopyHtml | kMayCopyImage;
constexpr uint32_t kPaste = kMayPasteText | kMayPasteHtml | kMayPasteImage;

Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

Bytes many(size_t count) {
  Bytes bytes(count);
  for (size_t i = 0; i < count; ++i) bytes[i] = static_cast<uint8_t>(i * 7 + i / 251);
  return bytes;
}

// A desktop with a clipboard and viewers on a perfect link.
class ClipboardTest : public testing::Test {
 protected:
  struct Page {
    CopyOffered offer;
    int offers = 0;
    std::map<uint32_t, Bytes> copied;
    std::map<uint32_t, bool> gone;
    std::vector<PasteWanted> wanted;
    std::vector<Notice> notices;
    std::optional<Close> close;
    bool answers = true;  // asks for more as parts come
  };

  MemoryScreen screen{{320, 200}};
  RecordingInput hands;
  MemoryClipboard clipboard;
  MemoryClipboard primary;
  DesktopAgent agent{screen, hands, {}, &clipboard, &primary};
  std::map<ViewerId, Page> pages;
  Micros now = kSecond;

  ViewerId join(uint32_t rights = kAllRights | kCopy | kPaste) {
    const ViewerId id = agent.add_viewer(joined_with(rights, {320, 200}), now);
    pages[id];
    settle();
    return id;
  }
  template <class M>
  void say(ViewerId viewer, const M& message) {
    agent.receive(viewer, serialize(message), now);
  }
  void settle() {
    for (int quiet = 0; quiet < 2;) {
      now += 20 * kMillisecond;
      agent.advance(now);
      bool any = false;
      for (auto& [id, page] : pages) {
        for (int i = 0; i < 10'000 && agent.wants_output(id, now); ++i) {
          const auto message = agent.take_output(id, now);
          if (!message) break;
          any = true;
          hear(id, *message);
        }
      }
      quiet = any ? 0 : quiet + 1;
    }
  }
  // Longer than a selection has to rest before it is offered.
  void rest() {
    settle();
    now += 200 * kMillisecond;
    settle();
  }
  void hear(ViewerId id, std::span<const uint8_t> message) {
    ASSERT_TRUE(dispatch(
                    message, [](Direction) { return true; }, [&](const auto& parsed) { this->take(id, parsed); })
                    .ok());
  }
  void take(ViewerId id, const CopyOffered& offer) {
    pages[id].offer = offer;
    ++pages[id].offers;
  }
  void take(ViewerId id, const CopiedText& part) { copied(id, kClipText, part); }
  void take(ViewerId id, const CopiedHtml& part) { copied(id, kClipHtml, part); }
  void take(ViewerId id, const CopiedImage& part) { copied(id, kClipImage, part); }
  void take(ViewerId id, const PasteWanted& wanted) { pages[id].wanted.push_back(wanted); }
  void take(ViewerId id, const Notice& notice) { pages[id].notices.push_back(notice); }
  void take(ViewerId id, const Close& close) { pages[id].close = close; }
  void take(ViewerId id, const Update& update) { say(id, FrameAck{update.id, 0, 0, 0}); }
  template <class M>
  void take(ViewerId, const M&) {}

  template <class M>
  void copied(ViewerId id, uint32_t format, const M& part) {
    Page& page = pages[id];
    EXPECT_EQ(part.serial, page.offer.serial);
    if (part.total == 0) {
      page.gone[format] = true;
      return;
    }
    Bytes& all = page.copied[format];
    EXPECT_EQ(part.offset, all.size());
    all.insert(all.end(), part.bytes.begin(), part.bytes.end());
    if (page.answers) say(id, CopyWanted{part.serial, format, static_cast<uint32_t>(all.size())});
  }
  // Offers this text as the page does, whole in its first part.
  void offer_text(ViewerId id, uint32_t serial, std::string_view text) {
    say(id, PasteOffered{serial, kClipText});
    say(id, PastedText{serial, static_cast<uint32_t>(text.size()), 0, bytes_of(text)});
  }
};

TEST_F(ClipboardTest, WhatAProgramCopiesIsOfferedAndComesWhenWanted) {
  const ViewerId page = join();
  clipboard.copy({{kClipText, bytes_of("grüße")}, {kClipHtml, bytes_of("<b>grüße</b>")}});
  settle();
  EXPECT_EQ(pages[page].offer.formats, kClipText | kClipHtml);
  EXPECT_EQ(clipboard.fetches, 0) << "nothing is read that nobody wants";
  say(page, CopyWanted{pages[page].offer.serial, kClipHtml, 0});
  settle();
  EXPECT_EQ(pages[page].copied[kClipHtml], bytes_of("<b>grüße</b>"));
}

TEST_F(ClipboardTest, LargeContentComesInPartsNoFasterThanItIsTaken) {
  const ViewerId page = join();
  const Bytes image = many(3 << 20);
  clipboard.copy({{kClipImage, image}});
  settle();
  pages[page].answers = false;
  say(page, CopyWanted{pages[page].offer.serial, kClipImage, 0});
  settle();
  const size_t unasked = pages[page].copied[kClipImage].size();
  EXPECT_LE(unasked, size_t{1} << 20);
  pages[page].answers = true;
  say(page, CopyWanted{pages[page].offer.serial, kClipImage, static_cast<uint32_t>(unasked)});
  settle();
  EXPECT_EQ(pages[page].copied[kClipImage], image);
  EXPECT_EQ(clipboard.fetches, 1);
}

TEST_F(ClipboardTest, APageThatHasEnoughGetsNoMore) {
  const ViewerId page = join();
  clipboard.copy({{kClipImage, many(3 << 20)}});
  settle();
  pages[page].answers = false;
  say(page, CopyWanted{pages[page].offer.serial, kClipImage, 0});
  settle();
  const size_t before = pages[page].copied[kClipImage].size();
  say(page, CopyWanted{pages[page].offer.serial, kClipImage, 3 << 20});
  settle();
  EXPECT_EQ(pages[page].copied[kClipImage].size(), before);
}

TEST_F(ClipboardTest, RightsHoldInBothDirectionsForEachFormat) {
  const ViewerId page = join(kAllRights | kMayCopyText | kMayPasteHtml);
  clipboard.copy({{kClipText, bytes_of("a")}, {kClipImage, many(10)}});
  settle();
  EXPECT_EQ(pages[page].offer.formats, kClipText);
  say(page, CopyWanted{pages[page].offer.serial, kClipImage, 0});
  settle();
  EXPECT_TRUE(pages[page].gone[kClipImage]);
  EXPECT_EQ(clipboard.fetches, 0);
  say(page, PasteOffered{1, kClipText | kClipHtml});
  EXPECT_EQ(clipboard.owned, kClipHtml);
  const ViewerId blind = join(kAllRights);
  EXPECT_EQ(pages[blind].offers, 0);
  offer_text(blind, 1, "secret");
  EXPECT_EQ(clipboard.owned, kClipHtml) << "still the other's";
}

TEST_F(ClipboardTest, AProgramPastesWhatAPageOffered) {
  const ViewerId page = join();
  offer_text(page, 1, "from outside");
  clipboard.paste(kClipText);
  settle();
  EXPECT_EQ(clipboard.pasted[kClipText], bytes_of("from outside"));
}

TEST_F(ClipboardTest, AProgramThatPastesEarlyWaitsForTheRest) {
  const ViewerId page = join();
  const Bytes image = many(40'000);
  const auto send = [&](size_t offset) {
    const size_t count = std::min(kMaxClipPart, image.size() - offset);
    const auto part = std::span(image).subspan(offset, count);
    say(page,
        PastedImage{7, static_cast<uint32_t>(image.size()), static_cast<uint32_t>(offset), {part.begin(), part.end()}});
  };
  say(page, PasteOffered{7, kClipImage});
  clipboard.paste(kClipImage);
  send(0);
  settle();
  EXPECT_FALSE(clipboard.pasted.contains(kClipImage));
  for (size_t i = 0; i < 2; ++i) {
    ASSERT_FALSE(pages[page].wanted.empty());
    send(pages[page].wanted.back().offset);
    settle();
  }
  EXPECT_EQ(clipboard.pasted[kClipImage], image);
}

TEST_F(ClipboardTest, AProgramIsNotKeptWaitingForEver) {
  const ViewerId page = join();
  say(page, PasteOffered{1, kClipText});
  clipboard.paste(kClipText);
  settle();
  EXPECT_FALSE(clipboard.pasted.contains(kClipText));
  now += 11 * kSecond;
  settle();
  ASSERT_TRUE(clipboard.pasted.contains(kClipText));
  EXPECT_FALSE(clipboard.pasted[kClipText].has_value());
  // Likewise when the page leaves in the middle of it.
  say(page, PasteOffered{2, kClipText});
  clipboard.pasted.clear();
  clipboard.paste(kClipText);
  settle();
  agent.remove_viewer(page, now);
  pages.erase(page);
  settle();
  EXPECT_TRUE(clipboard.pasted.contains(kClipText));
}

TEST_F(ClipboardTest, AProgramThatNeverAnswersIsGivenUp) {
  const ViewerId page = join();
  clipboard.silent = true;
  clipboard.copy({{kClipText, bytes_of("x")}});
  settle();
  say(page, CopyWanted{pages[page].offer.serial, kClipText, 0});
  settle();
  EXPECT_FALSE(pages[page].gone[kClipText]);
  now += 11 * kSecond;
  settle();
  EXPECT_TRUE(pages[page].gone[kClipText]);
}

TEST_F(ClipboardTest, WhatIsTooLargeIsSaidInASentence) {
  const ViewerId page = join();
  clipboard.copy({{kClipText, Bytes(kMaxClipboard + 1)}});
  settle();
  say(page, CopyWanted{pages[page].offer.serial, kClipText, 0});
  settle();
  EXPECT_TRUE(pages[page].gone[kClipText]);
  ASSERT_EQ(pages[page].notices.size(), 1U);
  EXPECT_NE(pages[page].notices[0].text.find("33 MiB"), std::string::npos) << "how large it is";
  EXPECT_NE(pages[page].notices[0].text.find("at most 32 MiB"), std::string::npos);
}

TEST_F(ClipboardTest, AProgramIsLetOffWhenNobodyWaitsAnyMore) {
  const ViewerId one = join();
  const ViewerId other = join();
  clipboard.silent = true;
  clipboard.copy({{kClipImage, many(100)}});
  settle();
  const auto ask = [&](ViewerId page, uint32_t offset) {
    say(page, CopyWanted{pages[page].offer.serial, kClipImage, offset});
    settle();
  };
  ask(one, 0);
  ask(other, 0);
  ask(one, kMaxClipboard);
  EXPECT_FALSE(clipboard.abandoned) << "the other page still waits";
  ask(other, kMaxClipboard);
  EXPECT_TRUE(clipboard.abandoned);
  now += 11 * kSecond;
  settle();
  EXPECT_FALSE(pages[one].gone[kClipImage]) << "it did not want an answer";
  clipboard.silent = false;
  ask(one, 0);
  EXPECT_EQ(pages[one].copied[kClipImage], many(100)) << "it may still be asked for";
}

TEST_F(ClipboardTest, AProgramThatWaitsForAPasteIsToldWhenItIsGivenUp) {
  const ViewerId page = join();
  say(page, PasteOffered{1, kClipText});
  say(page, PastedText{1, 100, 0, bytes_of("the beginning")});
  clipboard.paste(kClipText);
  settle();
  EXPECT_FALSE(clipboard.pasted.contains(kClipText)) << "it waits";
  say(page, PastedText{1, 0, 0, {}});
  settle();
  ASSERT_TRUE(clipboard.pasted.contains(kClipText));
  EXPECT_FALSE(clipboard.pasted[kClipText].has_value());
}

TEST_F(ClipboardTest, WhatIsSelectedIsOfferedToThoseWhoFollowItOnceItRests) {
  const ViewerId follower = join();
  const ViewerId other = join();
  say(follower, FollowPrimary{true});
  for (const char* text : {"s", "se", "sel"}) {
    primary.copy({{kClipText, bytes_of(text)}});
    agent.advance(now += 20 * kMillisecond);
  }
  rest();
  EXPECT_EQ(pages[follower].offers, 1) << "a selection that is being dragged is offered once";
  EXPECT_GE(pages[follower].offer.serial, kFirstPrimarySerial);
  EXPECT_EQ(pages[other].offers, 0);
  say(follower, CopyWanted{pages[follower].offer.serial, kClipText, 0});
  settle();
  EXPECT_EQ(pages[follower].copied[kClipText], bytes_of("sel"));
  say(follower, FollowPrimary{false});
  primary.copy({{kClipText, bytes_of("later")}});
  rest();
  EXPECT_EQ(pages[follower].offers, 1);
}

TEST_F(ClipboardTest, WhatAFollowerPastesIsPrimaryToo) {
  const ViewerId page = join();
  offer_text(page, 1, "not yet");
  settle();
  EXPECT_EQ(primary.owned, 0U);
  say(page, FollowPrimary{true});
  offer_text(page, 2, "middle");
  settle();
  primary.paste(kClipText);
  clipboard.paste(kClipText);
  settle();
  EXPECT_EQ(primary.pasted[kClipText], bytes_of("middle"));
  EXPECT_EQ(clipboard.pasted[kClipText], bytes_of("middle"));
  EXPECT_EQ(pages[page].wanted.size(), 2U) << "each part is acknowledged once";
}

TEST_F(ClipboardTest, FollowingGoesAsFarAsTheRightsOfText) {
  const ViewerId page = join(kAllRights | kMayCopyImage | kMayPasteImage);
  say(page, FollowPrimary{true});
  primary.copy({{kClipText, bytes_of("secret")}});
  rest();
  EXPECT_EQ(pages[page].offers, 0);
  offer_text(page, 1, "forged");
  settle();
  EXPECT_EQ(primary.owned, 0U);
}

TEST_F(ClipboardTest, TwoPlacesAreToldOfEachOther) {
  const ViewerId first = join();
  EXPECT_TRUE(pages[first].notices.empty());
  const ViewerId second = join();
  ASSERT_EQ(pages[first].notices.size(), 1U);
  EXPECT_NE(pages[first].notices[0].text.find("opened in another place"), std::string::npos);
  ASSERT_EQ(pages[second].notices.size(), 1U);
  EXPECT_NE(pages[second].notices[0].text.find("open in another place"), std::string::npos);
}

TEST_F(ClipboardTest, WhatOnePageCopiedFollowsTheUserToTheOther) {
  const ViewerId phone = join();
  const ViewerId desk = join();
  offer_text(phone, 3, "on the way");
  settle();
  EXPECT_EQ(pages[phone].offers, 0) << "it has it already";
  ASSERT_EQ(pages[desk].offer.formats, kClipText);
  say(desk, CopyWanted{pages[desk].offer.serial, kClipText, 0});
  settle();
  EXPECT_EQ(pages[desk].copied[kClipText], bytes_of("on the way"));
}

TEST_F(ClipboardTest, PartsThatDoNotFollowEachOtherEndTheLink) {
  const std::vector<PastedText> wrong = {
      {1, 10, 5, bytes_of("abc")},                                      // not the beginning
      {1, 2, 0, bytes_of("abc")},                                       // more than all
      {1, static_cast<uint32_t>(kMaxClipboard + 1), 0, bytes_of("a")},  // above the limit
      {1, 10, 0, {}},                                                   // nothing
  };
  for (const PastedText& part : wrong) {
    const ViewerId page = join();
    say(page, PasteOffered{1, kClipText});
    say(page, part);
    settle();
    ASSERT_TRUE(pages[page].close.has_value());
    EXPECT_EQ(pages[page].close->code, CloseCode::kProtocolError);
    agent.remove_viewer(page, now);
    pages.erase(page);
  }
  const ViewerId page = join();
  say(page, CopyWanted{0, kClipText | kClipHtml, 0});
  settle();
  ASSERT_TRUE(pages[page].close.has_value());
}

}  // namespace
}  // namespace vitrine::agent
