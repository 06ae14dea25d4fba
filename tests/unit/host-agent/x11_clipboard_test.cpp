#include "host-agent/clipboard/x11_clipboard.h"

#include <gtest/gtest.h>

#include <deque>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

#include "tests/unit/host-agent/xorg_fixture.h"

namespace vitrine::agent {
namespace {

Bytes many(size_t count) {
  Bytes bytes(count);
  for (size_t i = 0; i < count; ++i) bytes[i] = static_cast<uint8_t>('a' + (i * 7 + i / 251) % 26);
  return bytes;
}

std::string text_of(const ClipContent& content) {
  return content ? std::string(content->begin(), content->end()) : "nothing";
}

// xclip copies and pastes as a program of its own.
class X11ClipboardTest : public testing::Test {
 protected:
  static inline std::unique_ptr<Xorg> xorg;
  static void SetUpTestSuite() { xorg = std::make_unique<Xorg>(); }
  static void TearDownTestSuite() { xorg.reset(); }

  void SetUp() override {
    display = X11Display::connect(xorg->display()).take();
    clipboard = X11Clipboard::create(*display).take();
    ASSERT_TRUE(clipboard->own(0).ok());  // ends the programs of the test before
    char name[] = "/tmp/vitrine-clip-XXXXXX";
    folder = mkdtemp(name);
  }
  void TearDown() override {
    clipboard.reset();
    display.reset();
    std::filesystem::remove_all(folder);
  }

  // The next event of this kind, however many of others come before.
  template <class E>
  E next() {
    for (int rounds = 0; rounds < 3'000; ++rounds) {
      auto taken = clipboard->take_events();
      events.insert(events.end(), taken.value().begin(), taken.value().end());
      while (!events.empty()) {
        const E* const wanted = std::get_if<E>(&events.front());
        const std::optional<E> found = wanted == nullptr ? std::nullopt : std::optional<E>(*wanted);
        events.pop_front();
        if (found) return *found;
      }
      pollfd readable{display->fd(), POLLIN, 0};
      if (!display->dispatch_unread()) poll(&readable, 1, 20);
      EXPECT_TRUE(display->dispatch().ok());
    }
    ADD_FAILURE() << "the event did not come";
    return {};
  }
  void write(const std::string& name, const Bytes& bytes) const {
    std::ofstream(folder + "/" + name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(folder + "/" + name, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  void copy(const std::string& target, const Bytes& bytes) const {
    write("in", bytes);
    ASSERT_EQ(xorg->run("xclip -selection clipboard -t " + target + " -i " + folder + "/in"), 0);
  }
  // Pastes in a program while this side answers; its exit status.
  int paste(const std::string& target, const std::function<void()>& answer) {
    int status = -1;
    std::thread program([&] {
      status = xorg->run("timeout 60 xclip -selection clipboard -t " + target + " -o > " + folder + "/out");
      done = true;
    });
    answer();
    while (!done) {
      pollfd readable{display->fd(), POLLIN, 0};
      poll(&readable, 1, 10);
      EXPECT_TRUE(display->dispatch().ok());
    }
    program.join();
    done = false;
    return status;
  }

  std::unique_ptr<X11Display> display;
  std::unique_ptr<X11Clipboard> clipboard;
  std::deque<ClipEvent> events;
  std::string folder;
  std::atomic<bool> done = false;
};

TEST_F(X11ClipboardTest, WhatAProgramCopiesIsNoticedAndFetched) {
  copy("UTF8_STRING", {'h', 0xc3, 0xa9});
  while (next<ClipOffered>().formats != kClipText) {
  }
  ASSERT_TRUE(clipboard->fetch(kClipText).ok());
  EXPECT_EQ(text_of(next<ClipFetched>().content), "h\xc3\xa9");
}

TEST_F(X11ClipboardTest, ContentInIncrementsIsPutTogether) {
  const Bytes image = many(5 << 20);
  copy("image/png", image);
  while (next<ClipOffered>().formats != kClipImage) {
  }
  ASSERT_TRUE(clipboard->fetch(kClipImage).ok());
  const ClipFetched fetched = next<ClipFetched>();
  ASSERT_TRUE(fetched.content != nullptr);
  EXPECT_TRUE(*fetched.content == image);
}

TEST_F(X11ClipboardTest, MoreThanTheLimitIsToldApart) {
  copy("text/html", many(kMaxClipboard + 1));
  while (next<ClipOffered>().formats != kClipHtml) {
  }
  ASSERT_TRUE(clipboard->fetch(kClipHtml).ok());
  const ClipFetched fetched = next<ClipFetched>();
  EXPECT_EQ(fetched.content, nullptr);
  EXPECT_GT(fetched.too_large, kMaxClipboard);
}

TEST_F(X11ClipboardTest, AFetchThatIsGivenUpEndsAndAnotherOneWorks) {
  const Bytes image = many(20 << 20);
  copy("image/png", image);
  while (next<ClipOffered>().formats != kClipImage) {
  }
  ASSERT_TRUE(clipboard->fetch(kClipImage).ok());
  ASSERT_TRUE(clipboard->fetch(0).ok());
  for (int rounds = 0; rounds < 20; ++rounds) {
    pollfd readable{display->fd(), POLLIN, 0};
    poll(&readable, 1, 10);
    ASSERT_TRUE(display->dispatch().ok());
    const auto taken = clipboard->take_events();
    for (const ClipEvent& event : taken.value()) {
      EXPECT_FALSE(std::holds_alternative<ClipFetched>(event)) << "nothing comes of what was given up";
    }
  }
  copy("UTF8_STRING", {'n', 'e', 'w'});
  while (next<ClipOffered>().formats != kClipText) {
  }
  ASSERT_TRUE(clipboard->fetch(kClipText).ok());
  EXPECT_EQ(text_of(next<ClipFetched>().content), "new");
}

TEST_F(X11ClipboardTest, WhatIsSelectedIsASelectionOfItsOwn) {
  clipboard = X11Clipboard::create(*display, X11Clipboard::Selection::kPrimary).take();
  write("in", {'m', 'i', 'd'});
  ASSERT_EQ(xorg->run("xclip -selection primary -i " + folder + "/in"), 0);
  EXPECT_EQ(next<ClipOffered>().formats, kClipText);
  ASSERT_TRUE(clipboard->fetch(kClipText).ok());
  EXPECT_EQ(text_of(next<ClipFetched>().content), "mid");
}

TEST_F(X11ClipboardTest, HtmlInUtf16BecomesUtf8) {
  copy("text/html", {0xff, 0xfe, '<', 0, 0xe9, 0, 0x3d, 0xd8, 0x00, 0xde, '>', 0});
  while (next<ClipOffered>().formats != kClipHtml) {
  }
  ASSERT_TRUE(clipboard->fetch(kClipHtml).ok());
  EXPECT_EQ(text_of(next<ClipFetched>().content), "<\xc3\xa9\xf0\x9f\x98\x80>");
}

TEST_F(X11ClipboardTest, AProgramPastesWhatTheAgentOwns) {
  ASSERT_TRUE(clipboard->own(kClipText).ok());
  const int status = paste("UTF8_STRING", [&] {
    EXPECT_EQ(next<ClipRequested>().format, kClipText);
    const Bytes text = {'h', 0xc3, 0xa9};
    ASSERT_TRUE(clipboard->provide(kClipText, std::make_shared<const Bytes>(text)).ok());
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(read("out"), "h\xc3\xa9");
}

TEST_F(X11ClipboardTest, LargeContentIsPastedInIncrements) {
  const Bytes image = many(3 << 20);
  ASSERT_TRUE(clipboard->own(kClipImage).ok());
  ASSERT_TRUE(clipboard->provide(kClipImage, std::make_shared<const Bytes>(image)).ok());
  EXPECT_EQ(paste("image/png", [] {}), 0);
  EXPECT_TRUE(read("out") == std::string(image.begin(), image.end()));
}

TEST_F(X11ClipboardTest, WhatIsNotOfferedIsRefused) {
  ASSERT_TRUE(clipboard->own(kClipText).ok());
  EXPECT_NE(paste("image/png", [] {}), 0);
  const int refused = paste("UTF8_STRING", [&] {
    next<ClipRequested>();
    ASSERT_TRUE(clipboard->provide(kClipText, nullptr).ok());
  });
  EXPECT_NE(refused, 0);
}

TEST_F(X11ClipboardTest, ProgramsAreToldWhatThereIs) {
  ASSERT_TRUE(clipboard->own(kClipText | kClipImage).ok());
  EXPECT_EQ(paste("TARGETS", [] {}), 0);
  const std::string targets = read("out");
  EXPECT_NE(targets.find("UTF8_STRING"), std::string::npos);
  EXPECT_NE(targets.find("image/png"), std::string::npos);
  EXPECT_EQ(targets.find("text/html"), std::string::npos);
}

}  // namespace
}  // namespace vitrine::agent
