// Every message of the wire, once. A message is a plain struct with a type number, a name, a direction and one
// list of its fields; reader, writer, equality, the TypeScript module, the spec tables and the golden vectors
// are all made from that list (wire.h, gen/).
//
// Layout of a message: type (varint), then its fields in the order of the list. See wire.h for how a field looks.
// A reader skips a message whose type it does not know and ignores bytes after the last field it knows, so types can
// be added and messages can grow at the tail without a new version. Fields are never removed or reordered.
//
// Links. A viewer opens one to the gateway (/ws/view) and says ViewerHello; an agent keeps one idle link at the
// gateway (/ws/agent, AgentHello) for the next viewer. The gateway pairs the two with ViewerJoined and from then on
// relays messages unread until either side closes. Numbers 1-15 are for the gateway and never relayed; from 64 on they
// are in no order of directions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/clipboard_messages.h"
#include "protocol/display_messages.h"
#include "protocol/limits.h"
#include "protocol/message.h"
#include "protocol/opening_messages.h"
#include "protocol/snapshot_messages.h"
#include "protocol/touch_messages.h"

namespace vitrine {

// Why a link was closed. The sentence beside it says more.
enum class CloseCode : uint8_t {
  kNormal = 0,
  kProtocolError = 1,  // the peer sent something that does not follow the protocol
  kUnsupported = 2,    // no common version or capability
  kBadTicket = 3,      // forged, expired, used or for something else
  kForbidden = 4,      // policy says no
  kTooSlow = 5,        // the peer did not drain what was sent to it
  kTimeout = 6,        // nothing was heard from the peer
  kSessionEnded = 7,   // signed out, ended by an administrator, or the app was closed
  kReplaced = 8,       // the session was opened elsewhere
  kDesktopFailed = 9,  // the desktop is gone and will not come back by itself
  kShuttingDown = 10,  // this server goes; reconnect
  kLimit = 11,         // a named limit was reached
  kDesktopLost = 12,   // the agent's link went away; the gateway waits for it to come back
};

enum class DesktopState : uint8_t {
  kStarting = 0,   // no agent yet for this desktop
  kConnected = 1,  // paired with the agent
  kLost = 2,       // the agent's link was cut; waiting for it to come back
};

enum class NoticeLevel : uint8_t { kInfo = 0, kWarning = 1, kError = 2 };

// What a viewer's browser can do; bits of ViewerHello::capabilities.
inline constexpr uint32_t kCanDecodeJpeg = 1 << 0;
inline constexpr uint32_t kCanDecodeH264 = 1 << 1;
inline constexpr uint32_t kCanDecodeVp8 = 1 << 2;
inline constexpr uint32_t kCanDecodeVp9 = 1 << 3;
inline constexpr uint32_t kHasTouch = 1 << 4;
inline constexpr uint32_t kCanKeepSnapshots = 1 << 5;  // on its device, encrypted

// What a session's policy allows; bits of Ticket::rights. The gateway drops and the agent refuses what is not granted.
inline constexpr uint32_t kMayView = 1 << 0;
inline constexpr uint32_t kMayInput = 1 << 1;
inline constexpr uint32_t kMayResize = 1 << 2;
// From the desktop's clipboard to the viewer's, and back.
inline constexpr uint32_t kMayCopyText = 1 << 3;
inline constexpr uint32_t kMayCopyHtml = 1 << 4;
inline constexpr uint32_t kMayCopyImage = 1 << 5;
inline constexpr uint32_t kMayPasteText = 1 << 6;
inline constexpr uint32_t kMayPasteHtml = 1 << 7;
inline constexpr uint32_t kMayPasteImage = 1 << 8;
inline constexpr uint32_t kMayKeepOnDevice = 1 << 9;  // what was seen, encrypted (snapshot_messages.h)

// Bits of Update::flags.
inline constexpr uint8_t kUpdateComplete = 1 << 0;  // after it the viewer lacks nothing, though parts may be lossy
inline constexpr uint8_t kUpdateExact = 1 << 1;     // after it every pixel equals the desktop's

// Bits of Key::modifiers and Key::locks, as the browser reported them with the event.
inline constexpr uint32_t kModShift = 1 << 0;
inline constexpr uint32_t kModControl = 1 << 1;
inline constexpr uint32_t kModAlt = 1 << 2;
inline constexpr uint32_t kModMeta = 1 << 3;
inline constexpr uint32_t kModAltGraph = 1 << 4;
inline constexpr uint32_t kModCapsLock = 1 << 5;
inline constexpr uint32_t kModNumLock = 1 << 6;

// --- 1-15: between a peer and the gateway ---------------------------------------------------------------------

struct ViewerHello {
  VITRINE_MESSAGE(1, ViewerHello, kViewerToGateway, "The first message of a viewer.");
  uint32_t oldest_version = kOldestProtocolVersion;
  uint32_t newest_version = kProtocolVersion;
  Bytes ticket;
  uint32_t capabilities = 0;
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t scale_percent = 100;
  std::string browser;
  std::string time_zone;
  std::string locale;
  uint32_t cache_kib = 0;
  Bytes holdings;
  uint32_t monitor = 0;
  int32_t left = 0;
  int32_t top = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("oldest_version", self.oldest_version, "lowest protocol version it speaks");
    v.field("newest_version", self.newest_version, "highest protocol version it speaks");
    v.field("ticket", self.ticket, kMaxTicket, "signed right to open one session once");
    v.field("capabilities", self.capabilities, "bits: what the browser can decode and has");
    v.field("width", self.width, "of its window, device pixels");
    v.field("height", self.height, "of its window, device pixels");
    v.field("scale_percent", self.scale_percent, "device pixels per CSS pixel, times 100");
    v.field("browser", self.browser, kMaxName, "name and version, for the session list");
    v.field("time_zone", self.time_zone, kMaxName, "IANA name");
    v.field("locale", self.locale, kMaxName, "BCP 47 tag");
    v.field("cache_kib", self.cache_kib, "how much content it keeps for recall, KiB");
    v.field("holdings", self.holdings, kMaxHoldings, "a Holdings message; may be empty");
    v.field("monitor", self.monitor, "which of the desktop's monitors its window is; the first is 0");
    v.field("left", self.left, "where its window stands on the device's screens, CSS pixels");
    v.field("top", self.top, "likewise");
  }
};

struct AgentHello {
  VITRINE_MESSAGE(2, AgentHello, kAgentToGateway, "The first message of an agent on each of its links.");
  uint32_t oldest_version = kOldestProtocolVersion;
  uint32_t newest_version = kProtocolVersion;
  Bytes credential;
  std::string software;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("oldest_version", self.oldest_version, "lowest protocol version it speaks");
    v.field("newest_version", self.newest_version, "highest protocol version it speaks");
    v.field("credential", self.credential, kMaxTicket, "signed by the broker, kind agent, names the desktop");
    v.field("software", self.software, kMaxName, "name and version");
  }
};

struct Welcome {
  VITRINE_MESSAGE(3, Welcome, kGatewayToPeer, "The gateway accepts a hello.");
  uint32_t version = kProtocolVersion;
  std::string session;
  uint32_t rights = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("version", self.version, "the protocol version of this link");
    v.field("session", self.session, kMaxName, "the session it opens; empty for an agent");
    v.field("rights", self.rights, "bits: what the policy allows");
  }
};

struct DesktopStatus {
  VITRINE_MESSAGE(4, DesktopStatus, kGatewayToPeer, "Tells a viewer whether its desktop's agent is there.");
  DesktopState state = DesktopState::kStarting;
  std::string text;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("state", self.state, DesktopState::kLost, "starting, connected or lost");
    v.field("text", self.text, kMaxReason, "a sentence for the user; may be empty");
  }
};

struct ViewerJoined {
  VITRINE_MESSAGE(5, ViewerJoined, kGatewayToPeer,
                  "Tells an agent that this link now carries a viewer. Messages are relayed from here on.");
  uint64_t viewer = 0;
  std::string session;
  std::string user;
  uint32_t rights = 0;
  uint32_t capabilities = 0;
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t scale_percent = 100;
  std::string browser;
  std::string time_zone;
  std::string locale;
  uint32_t cache_kib = 0;
  Bytes holdings;
  uint32_t target_ms = 0;
  uint32_t ceiling_kbit = 0;
  uint32_t quality_floor = 0;
  uint32_t generation = 0;
  uint32_t monitor = 0;
  int32_t left = 0;
  int32_t top = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("viewer", self.viewer, "number of the viewer at this gateway");
    v.field("session", self.session, kMaxName, "the session the ticket names");
    v.field("user", self.user, kMaxName, "whose session it is");
    v.field("rights", self.rights, "bits: what the policy allows");
    v.field("capabilities", self.capabilities, "from its hello");
    v.field("width", self.width, "from its hello");
    v.field("height", self.height, "from its hello");
    v.field("scale_percent", self.scale_percent, "from its hello");
    v.field("browser", self.browser, kMaxName, "from its hello");
    v.field("time_zone", self.time_zone, kMaxName, "from its hello");
    v.field("locale", self.locale, kMaxName, "from its hello");
    v.field("cache_kib", self.cache_kib, "from its hello");
    v.field("holdings", self.holdings, kMaxHoldings, "its Holdings: from its hello, or sent since; may be empty");
    v.field("target_ms", self.target_ms, "target latency until Preferences say another; 0: the agent's own");
    v.field("ceiling_kbit", self.ceiling_kbit, "kbit/s that Preferences cannot pass; 0: none");
    v.field("quality_floor", self.quality_floor, "of lossy pictures until Preferences say another; 0: none");
    v.field("generation", self.generation, "of the rights, from its ticket; the agent refuses one that is out of date");
    v.field("monitor", self.monitor, "from its hello");
    v.field("left", self.left, "from its hello");
    v.field("top", self.top, "from its hello");
  }
};

struct Close {
  VITRINE_MESSAGE(6, Close, kBoth, "The last message of a link: why it is closed.");
  CloseCode code = CloseCode::kNormal;
  std::string reason;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("code", self.code, CloseCode::kDesktopLost, "for programs");
    v.field("reason", self.reason, kMaxReason, "a sentence for a person");
  }
};

struct Ping {
  VITRINE_MESSAGE(7, Ping, kBoth, "Asks the other end of the link (the agent, once paired) for a Pong at once.");
  uint64_t time_us = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("time_us", self.time_us, "the asker's clock; comes back unchanged");
  }
};

struct Pong {
  VITRINE_MESSAGE(8, Pong, kBoth, "Answers a Ping; overtakes pixels.");
  uint64_t time_us = 0;
  uint64_t clock_us = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("time_us", self.time_us, "copied from the Ping");
    v.field("clock_us", self.clock_us, "the answerer's clock as it answers; 0: it does not say");
  }
};

struct SessionReport {
  VITRINE_MESSAGE(9, SessionReport, kAgentToGateway,
                  "What was measured on this link since the last one; about every 10 s while there is something new.");
  uint32_t inputs = 0;
  std::vector<uint32_t> counts;
  std::vector<uint32_t> sums_us;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("inputs", self.inputs, "answered by a picture");
    v.field("counts", self.counts, kReportedTimes * kLatencyBuckets,
            "histograms: input to picture, its seven parts, round trip; buckets as in protocol/histogram.h");
    v.field("sums_us", self.sums_us, kReportedTimes, "the sum of each of them, microseconds");
  }
};

// --- 16-31: agent to viewer ----------------------------------------------------------------------------------

struct SurfaceReset {
  VITRINE_MESSAGE(
      16, SurfaceReset, kAgentToViewer,
      "Starts a picture of this size with fresh decoder state: black, but for what its first update restores of the "
      "picture before. Updates of older epochs end here.");
  uint32_t epoch = 0;
  uint32_t width = 0;
  uint32_t height = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("epoch", self.epoch, "counts resets of this link");
    v.field("width", self.width, "pixels");
    v.field("height", self.height, "pixels");
  }
};

struct Update {
  VITRINE_MESSAGE(17, Update, kAgentToViewer,
                  "Changes the picture from one consistent state to the next; applied whole. Answered by FrameAck.");
  uint32_t id = 0;
  uint32_t flags = 0;
  uint32_t input_sequence = 0;
  uint64_t capture_us = 0;
  uint32_t agent_us = 0;
  Bytes body;
  std::vector<uint32_t> inputs;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("id", self.id, "counts updates of this link from 1, over resets too");
    v.field("flags", self.flags, "bits: complete, exact");
    v.field("input_sequence", self.input_sequence, "the last input that was injected before this picture was captured");
    v.field("capture_us", self.capture_us, "when the picture was captured, agent's clock");
    v.field("agent_us", self.agent_us, "from capture to handing over to the link, microseconds");
    v.field("body", self.body, kMaxUpdateBody, "opaque here; see the codec's bitstream");
    v.field("inputs", self.inputs, kMaxTimedInputs * 3,
            "three for each input that this update is the first to answer: its sequence number, microseconds from "
            "receipt to injection and from there to the capture");
  }
};

struct CursorShape {
  VITRINE_MESSAGE(18, CursorShape, kAgentToViewer, "The pointer's picture, drawn by the browser. Width 0 hides it.");
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t hot_x = 0;
  uint32_t hot_y = 0;
  Bytes rgba;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("width", self.width, "pixels, at most 256");
    v.field("height", self.height, "pixels, at most 256");
    v.field("hot_x", self.hot_x, "column that points");
    v.field("hot_y", self.hot_y, "row that points");
    v.field("rgba", self.rgba, kMaxCursorPixels, "rows of R, G, B, A; alpha not premultiplied");
  }
};

struct CursorMoved {
  VITRINE_MESSAGE(19, CursorMoved, kAgentToViewer, "A program or another viewer moved the pointer.");
  int32_t x = 0;
  int32_t y = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("x", self.x, "desktop pixels");
    v.field("y", self.y, "desktop pixels");
  }
};

struct PictureCheck {
  VITRINE_MESSAGE(20, PictureCheck, kAgentToViewer,
                  "Checksums of tiles that changed since the last check, sent when the picture is at rest and exact.");
  uint32_t update_id = 0;
  std::vector<uint32_t> tiles;
  std::vector<uint32_t> hashes;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("update_id", self.update_id, "the update after which they hold");
    v.field("tiles", self.tiles, kMaxTiles, "indexes of 64x64 tiles, row by row");
    v.field("hashes", self.hashes, kMaxTiles, "one for each; see the codec's tile hash");
  }
};

struct Notice {
  VITRINE_MESSAGE(21, Notice, kAgentToViewer, "Something the user should know, such as a restarted app.");
  NoticeLevel level = NoticeLevel::kInfo;
  std::string text;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("level", self.level, NoticeLevel::kError, "info, warning or error");
    v.field("text", self.text, kMaxNotice, "what to tell the user");
  }
};

struct LinkFigures {
  VITRINE_MESSAGE(
      30, LinkFigures, kAgentToViewer,
      "How the agent sees the link to the viewer; with updates, at most once a second, when Preferences ask.");
  uint32_t rate_kbit = 0;
  uint32_t rtt_us = 0;
  uint32_t queue_us = 0;
  uint32_t ceiling_kbit = 0;
  uint32_t text_bytes = 0;
  uint32_t picture_bytes = 0;
  uint32_t video_bytes = 0;
  uint32_t other_bytes = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("rate_kbit", self.rate_kbit, "what the link is known to deliver, kbit/s");
    v.field("rtt_us", self.rtt_us, "shortest from sending an update to its ack lately; 0: not known yet");
    v.field("queue_us", self.queue_us, "by how much the newest exceed it");
    v.field("ceiling_kbit", self.ceiling_kbit, "in force now; 0: none");
    v.field("text_bytes", self.text_bytes, "sent since the last of these, by kind of content");
    v.field("picture_bytes", self.picture_bytes, "likewise");
    v.field("video_bytes", self.video_bytes, "likewise");
    v.field("other_bytes", self.other_bytes, "likewise");
  }
};

// --- 32-63: viewer to agent ----------------------------------------------------------------------------------
// Every input carries a sequence number that rises by one over all kinds of input of a link.

struct Key {
  VITRINE_MESSAGE(32, Key, kViewerToAgent, "A key went down or up. Repeats of a held key are made by the desktop.");
  uint32_t sequence = 0;
  bool down = false;
  std::string code;
  std::string key;
  uint32_t modifiers = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("sequence", self.sequence, "of this input");
    v.field("down", self.down, "pressed or released");
    v.field("code", self.code, kMaxKeyName, "physical key: KeyboardEvent.code (W3C UI Events); may be empty");
    v.field("key", self.key, kMaxKeyName, "what it produces: KeyboardEvent.key (W3C UI Events)");
    v.field("modifiers", self.modifiers, "bits: modifier and lock states at the event");
  }
};

struct TextInput {
  VITRINE_MESSAGE(33, TextInput, kViewerToAgent, "Text from a soft keyboard or an input method, typed as it is.");
  uint32_t sequence = 0;
  std::string text;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("sequence", self.sequence, "of this input");
    v.field("text", self.text, kMaxText, "UTF-8");
  }
};

struct PointerMove {
  VITRINE_MESSAGE(34, PointerMove, kViewerToAgent, "The pointer moved; at most one for each animation frame.");
  uint32_t sequence = 0;
  int32_t x = 0;
  int32_t y = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("sequence", self.sequence, "of this input");
    v.field("x", self.x, "desktop pixels");
    v.field("y", self.y, "desktop pixels");
  }
};

struct PointerButton {
  VITRINE_MESSAGE(35, PointerButton, kViewerToAgent, "A pointer button went down or up at a place.");
  uint32_t sequence = 0;
  int32_t x = 0;
  int32_t y = 0;
  uint32_t button = 0;
  bool down = false;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("sequence", self.sequence, "of this input");
    v.field("x", self.x, "desktop pixels");
    v.field("y", self.y, "desktop pixels");
    v.field("button", self.button, "MouseEvent.button: 0 left, 1 middle, 2 right, 3 back, 4 forward");
    v.field("down", self.down, "pressed or released");
  }
};

struct Wheel {
  VITRINE_MESSAGE(36, Wheel, kViewerToAgent, "The wheel or a two-finger scroll at a place.");
  uint32_t sequence = 0;
  int32_t x = 0;
  int32_t y = 0;
  int32_t dx = 0;
  int32_t dy = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("sequence", self.sequence, "of this input");
    v.field("x", self.x, "desktop pixels");
    v.field("y", self.y, "desktop pixels");
    v.field("dx", self.dx, "1/120 of a notch, right is positive");
    v.field("dy", self.dy, "1/120 of a notch, down is positive");
  }
};

struct ReleaseAll {
  VITRINE_MESSAGE(37, ReleaseAll, kViewerToAgent, "The page lost the focus: lift every key and button it holds.");
  uint32_t sequence = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("sequence", self.sequence, "of this input");
  }
};

struct Resize {
  VITRINE_MESSAGE(38, Resize, kViewerToAgent, "The viewer's window has another size or place; its monitor follows it.");
  uint32_t width = 0;
  uint32_t height = 0;
  uint32_t scale_percent = 100;
  int32_t left = 0;
  int32_t top = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("width", self.width, "device pixels");
    v.field("height", self.height, "device pixels");
    v.field("scale_percent", self.scale_percent, "device pixels per CSS pixel, times 100");
    v.field("left", self.left, "where it stands on the device's screens, CSS pixels");
    v.field("top", self.top, "likewise");
  }
};

struct Visibility {
  VITRINE_MESSAGE(39, Visibility, kViewerToAgent, "The page was hidden or shown; a hidden one is sent no pixels.");
  bool visible = true;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("visible", self.visible, "as document.visibilityState says");
  }
};

struct FrameAck {
  VITRINE_MESSAGE(40, FrameAck, kViewerToAgent,
                  "An update has been applied and put on the canvas. Frames of its video packets follow by themselves; "
                  "VideoAck tells of them.");
  uint32_t update_id = 0;
  uint64_t received_us = 0;
  uint32_t decode_us = 0;
  uint32_t present_us = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("update_id", self.update_id, "acknowledges this and all before it");
    v.field("received_us", self.received_us, "when its bytes were complete, viewer's clock");
    v.field("decode_us", self.decode_us, "spent decoding");
    v.field("present_us", self.present_us, "spent putting it on the canvas");
  }
};

struct PictureCheckResult {
  VITRINE_MESSAGE(41, PictureCheckResult, kViewerToAgent, "Answers PictureCheck; wrong tiles are sent again.");
  uint32_t update_id = 0;
  std::vector<uint32_t> wrong_tiles;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("update_id", self.update_id, "copied from the check");
    v.field("wrong_tiles", self.wrong_tiles, kMaxTiles, "indexes; empty when all are right");
  }
};

struct VideoFailed {
  VITRINE_MESSAGE(42, VideoFailed, kViewerToAgent,
                  "The browser gave up decoding a video coding that its hello promised. Streams of it end.");
  uint32_t capability = 0;
  std::string text;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("capability", self.capability, "the bit of its hello's capabilities that did not hold");
    v.field("text", self.text, kMaxReason, "a sentence for a log");
  }
};

struct Holdings {
  VITRINE_MESSAGE(43, Holdings, kViewerToAgent,
                  "What the viewer still has. Inside of its hello, and by itself when its desktop is lost: the gateway "
                  "keeps it for the next agent link and gives it away once.");
  Bytes cache;
  uint32_t width = 0;
  uint32_t height = 0;
  Bytes tiles;
  uint64_t entries = 0;
  uint32_t checksum = 0;
  uint32_t snapshot = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("cache", self.cache, kCacheIdBytes, "16 random bytes that name the page's cache");
    v.field("width", self.width, "of the picture it shows, pixels");
    v.field("height", self.height, "pixels");
    v.field("tiles", self.tiles, kMaxHeldTiles * kTileHashBytes,
            "wide hash of each 64x64 tile, row by row, little-endian; fewer than there are: of the first ones");
    v.field("entries", self.entries, "that its cache was ever told to keep");
    v.field("checksum", self.checksum, "of the cache's numbering; see the codec's archive");
    v.field("snapshot", self.snapshot, "the serial of one it still has to open, which holds more than this; 0: none");
  }
};

struct InputTimes {
  VITRINE_MESSAGE(44, InputTimes, kViewerToAgent,
                  "How long inputs took to their picture; batched, about once a second at most.");
  std::vector<uint32_t> parts_us;
  uint32_t rtt_us = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("parts_us", self.parts_us, kMaxTimedInputs * kInputParts,
            "seven for each input: network, agent, application, encode, transfer, decode, present");
    v.field("rtt_us", self.rtt_us, "the newest round trip of a Ping; 0: none since the last message");
  }
};

struct Preferences {
  VITRINE_MESSAGE(45, Preferences, kViewerToAgent, "How the user wants to trade quality, latency and bandwidth.");
  uint32_t target_ms = 0;
  uint32_t ceiling_kbit = 0;
  uint32_t quality_floor = 0;
  bool figures = false;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("target_ms", self.target_ms, "latency to aim at beyond the network's own; 0: what the session came with");
    v.field("ceiling_kbit", self.ceiling_kbit, "kbit/s to stay below; 0: only the administrator's");
    v.field("quality_floor", self.quality_floor,
            "least quality of lossy pictures, 1-100; 0: what the session came with");
    v.field("figures", self.figures, "whether LinkFigures are wanted");
  }
};

struct VideoAck {
  VITRINE_MESSAGE(
      46, VideoAck, kViewerToAgent,
      "The video packets of an update, one or more, are dealt with: their frames were painted, or never will "
      "be. A decoder that does not keep up shows here, and holds up no FrameAck.");
  uint32_t update_id = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("update_id", self.update_id, "acknowledges the packets of this and of all before it");
  }
};

#undef VITRINE_MESSAGE

// All messages, in the order of their numbers. Numbers 27-29 and 52-63 are kept for audio, files and what
// else the two ends of a session will tell each other.
template <class... M>
struct MessageList {};
using AllMessages =
    MessageList<ViewerHello, AgentHello, Welcome, DesktopStatus, ViewerJoined, Close, Ping, Pong, SessionReport,
                ViewerOpening, OpeningAnswer, SurfaceReset, Update, CursorShape, CursorMoved, PictureCheck, Notice,
                CopyOffered, CopiedText, CopiedHtml, CopiedImage, PasteWanted, LinkFigures, Key, TextInput, PointerMove,
                PointerButton, Wheel, ReleaseAll, Resize, Visibility, FrameAck, PictureCheckResult, VideoFailed,
                Holdings, InputTimes, Preferences, VideoAck, CopyWanted, PasteOffered, PastedText, PastedHtml,
                PastedImage, RelativePointer, Pen, Monitors, FollowPrimary, SnapshotKey,
                SnapshotSaved>;

}  // namespace vitrine
