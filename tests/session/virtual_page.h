// The page of a simulated world: the client's half of a session with the real decoder. Like the page it connects again
// by itself, with a new ticket each time.
#pragma once

#include <deque>
#include <optional>

#include "codec/dec_decoder.h"
#include "codec/memory_video_encoder.h"
#include "protocol/link.h"
#include "tests/session/virtual_desktop.h"

namespace vitrine::session {

class VirtualPage {
 public:
  VirtualPage(VirtualDesktop& desktop, Size window, Connections& connections, VirtualGateway& gateway,
              EmulatedLink& network, const TicketSigner& broker, uint8_t number);

  // What a person does. Nothing happens while there is no connection, as in the page.
  void type(const std::string& text);
  void press(bool down);
  void move_pointer(int x, int y);
  void resize(Size window);
  void hide(bool hidden);
  void prefer(const Preferences& preferences);
  // From its next connection on it is a browser that decodes no streams: what moves comes as pictures, and fills a
  // link.
  void lack_video() { capabilities_ = 0; }
  // From its next connection on its streams are a real coder's, and their frames are counted without being looked at.
  void take_h264() { capabilities_ = kCanDecodeH264; }
  // Each update keeps it busy for up to so long, in which it neither reads nor answers. What it says of that is part of
  // its work; else it is a machine with other work, of which the page knows nothing.
  void be_busy(Micros time, bool says_so = true) {
    busy_time_ = time;
    says_busy_ = says_so;
  }
  // From before its first connection on it keeps so much for recall.
  void remember(uint32_t kib) { cache_kib_ = kib; }
  // Its video decoder takes so long for each frame, one after the other.
  void decode_within(Micros time) { decode_time_ = time; }
  // The tab is closed for good.
  void leave();
  // The connection is gone and only the page knows.
  void lose_connection(Micros now);

  // Does what can be done now; true when that was something.
  bool step(Micros now);
  [[nodiscard]] Micros next_deadline() const;

  // Whether its canvas is the desktop's screen, pixel for pixel, and it was told so.
  [[nodiscard]] bool is_exact() const;
  // It was told that nothing is missing any more; some of it may still be lossy.
  [[nodiscard]] bool is_complete() const { return connected() && (flags_ & kUpdateComplete) != 0; }
  [[nodiscard]] bool connected() const { return link_.has_value() && state_ == DesktopState::kConnected; }
  // The first thing that must never happen; empty when nothing did.
  [[nodiscard]] const std::string& fault() const { return fault_; }
  [[nodiscard]] size_t waiting_bytes() const;
  // When the newest update on the canvas was captured; 0 before the first.
  [[nodiscard]] Micros shown_capture() const { return shown_capture_; }
  // What the canvas shows there; nothing without one or outside of it.
  [[nodiscard]] std::optional<uint32_t> pixel(int x, int y) const;
  // Whether its canvas is there what the desktop's screen is, pixel for pixel.
  [[nodiscard]] bool shows(const Rect& area) const;
  // How it is doing, for the message of a failed test.
  [[nodiscard]] std::string describe() const;

  struct Counts {
    int connections = 0;
    int updates = 0;
    size_t update_bytes = 0;
    int checked_tiles = 0;
    int closes = 0;
    int frames = 0;             // of moving pictures
    Micros oldest_frame = 0;    // the most that passed from capture to its end in the decoder
    Micros oldest_picture = 0;  // the most that passed from capture to canvas
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }
  void forget_counts() { counts_ = {}; }

 private:
  void connect(Micros now);
  void disconnect(Micros now, Micros wait);
  void receive(const Bytes& message, Micros now);
  void send(const Bytes& message);
  [[nodiscard]] Bytes holdings() const;

  void handle(const Welcome& welcome, Micros now);
  void handle(const DesktopStatus& status, Micros now);
  void handle(const SurfaceReset& reset, Micros now);
  void handle(const Update& update, Micros now);
  void handle(const PictureCheck& check, Micros now);
  void handle(const Close& close, Micros now);
  void handle(const Ping& ping, Micros now);
  void handle(const Pong& pong, Micros now);
  void handle(const CursorShape&, Micros) {}
  void handle(const CursorMoved&, Micros) {}
  void handle(const Notice&, Micros) {}
  void handle(const Monitors&, Micros) {}
  template <class M>
  void handle(const M&, Micros) {
    fail(std::string(M::kName) + " is not for a viewer");
  }
  void fail(const std::string& what);
  void show_frames(const Update& update, Micros now);
  bool finish_frames(Micros now);
  [[nodiscard]] bool shows_the_screen() const;

  VirtualDesktop& desktop_;
  Size window_;
  bool hidden_ = false;
  bool left_ = false;
  Connections& connections_;
  VirtualGateway& gateway_;
  EmulatedLink& network_;
  const TicketSigner& broker_;

  const Bytes cache_id_;
  std::optional<uint64_t> link_;
  std::optional<LinkHealth> health_;
  std::optional<DesktopState> state_;
  std::deque<Bytes> outbox_;
  Micros connect_at_ = 0;
  uint32_t sequence_ = 0;
  uint32_t last_update_ = 0;
  uint32_t shown_input_ = 0;
  uint32_t epoch_ = 0;
  uint32_t flags_ = 0;  // of the last update
  uint32_t capabilities_ = kCanDecodeVp8;
  uint32_t cache_kib_ = 1200;  // two screens or less, so that the archive wraps
  Micros shown_capture_ = 0;
  // The desktop was lost; the gateway's ping says when it will listen.
  bool holdings_due_ = false;
  std::optional<codec::Decoder> decoder_;
  std::array<codec::MemoryVideoDecoder, codec::kMaxVideoStreams> films_;
  struct Framed {
    uint32_t update_id;
    Micros captured_at;
    Micros done_at;
  };
  std::deque<Framed> in_decoder_;
  Micros decode_time_ = 0;
  Micros busy_time_ = 0;
  Micros busy_until_ = 0;
  bool says_busy_ = true;
  uint32_t busy_random_ = 1;
  Counts counts_;
  std::string last_close_;
  std::string fault_;
};

}  // namespace vitrine::session
