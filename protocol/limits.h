// Every limit of the wire, with the reason for its number. A peer that passes one gets its link closed with a reason.
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/base/time.h"

namespace vitrine {

// Version of the protocol. A peer offers a range; the highest common one is used.
inline constexpr uint32_t kProtocolVersion = 1;
inline constexpr uint32_t kOldestProtocolVersion = 1;  // still spoken

// Of a 64-bit integer on the wire: what a JavaScript number holds exactly; as microseconds 285 years.
inline constexpr int kWireIntegerBits = 53;
inline constexpr uint64_t kMaxWireInteger = (uint64_t{1} << kWireIntegerBits) - 1;

// An update body. Updates are cut to a few milliseconds of the link, so even a first picture of a photo comes as
// many; 1 MiB leaves room for one incompressible 512x512 rectangle.
inline constexpr size_t kMaxUpdateBody = 1 << 20;
// Any message: the largest body and its few header bytes.
inline constexpr size_t kMaxMessage = kMaxUpdateBody + 1024;
// What a viewer sends. The largest is a PictureCheckResult that calls every tile of the largest screen wrong: 48 KiB.
inline constexpr size_t kMaxViewerMessage = 64 * 1024;
// What a viewer tells of the picture and the cache it still has, as a message inside of its hello, which has to stay
// below kMaxViewerMessage.
inline constexpr size_t kMaxHoldings = 62 * 1024;
inline constexpr size_t kTileHashBytes = 8;  // of a wide hash, as Holdings names tiles
// Tiles it may name: a screen of 7680x4096. Of a larger one the rest is sent again.
inline constexpr size_t kMaxHeldTiles = 7680;
// A page's number for its cache: random, so that nobody names another's.
inline constexpr size_t kCacheIdBytes = 16;
inline constexpr size_t kSnapshotKeyBytes = 32;  // AES-256
// What an upgrade may bring: 7,510 bytes as base64url, as proxies take headers of 8 KiB. A page that shows 1920x1080
// says 4.3 KiB; what does not fit goes as the link's first message, inside of kMaxViewerMessage.
inline constexpr size_t kMaxOpening = 5632;
inline constexpr size_t kMaxOpeningHello = 63 * 1024;
inline constexpr size_t kMaxOpeningAnswer = 8 * 1024;  // the broker's longest has 2 KiB
// A signed ticket is below 800 bytes with the longest names; some room for fields to come.
inline constexpr size_t kMaxTicket = 1024;

inline constexpr size_t kMaxName = 128;        // user, desktop, session, program names
inline constexpr size_t kMaxReason = 256;      // sentences shown to a person
inline constexpr size_t kMaxNotice = 2048;     // what an administrator says: 500 characters of any script
inline constexpr size_t kMaxKeyName = 32;      // the longest standard KeyboardEvent.code has 18 characters
inline constexpr size_t kMaxText = 4096;       // one commit of text input; longer pastes go through the clipboard
// One format of a clipboard: a screenshot of the largest screens as PNG; more goes as a file.
inline constexpr size_t kMaxClipboard = 32 << 20;
inline constexpr size_t kMaxClipPart = 16 * 1024;  // 26 ms of 5 Mbit/s; input and pixels go between
inline constexpr size_t kMaxCursorSide = 256;  // what browsers accept is 128; high pixel ratios scale down from 256
inline constexpr size_t kMaxCursorPixels = kMaxCursorSide * kMaxCursorSide * 4;

// A desktop's side. 8192 is a row of three 2560 monitors; a frame stays below 256 MiB.
inline constexpr uint32_t kMaxScreenSide = 8192;
inline constexpr uint32_t kMinScreenSide = 64;  // one tile
// Monitors of one desktop, each a window of the page: more than a desk holds.
inline constexpr size_t kMaxMonitors = 4;
inline constexpr size_t kMonitorFields = 6;  // numbers that a list says of each
// Tiles of 64x64 of the largest screen.
inline constexpr size_t kMaxTiles = (kMaxScreenSide / 64) * (kMaxScreenSide / 64);

// An input is timed in seven parts: network, agent, application, encode, transfer, decode, present.
inline constexpr size_t kInputParts = 7;
// Inputs that one update may answer, or one message may report; nobody types or clicks more often within a second.
inline constexpr size_t kMaxTimedInputs = 32;
// Input to picture, its parts, and the round trip.
inline constexpr size_t kReportedTimes = 1 + kInputParts + 1;
// Four buckets an octave from 1.6 ms to 6.4 s and one above (protocol/histogram.h): quantiles are right within an
// eighth.
inline constexpr size_t kLatencyBuckets = 50;

// What may be asked of a link. Below the least ceiling a screen of text takes seconds; the largest is above any link.
inline constexpr uint32_t kMinCeilingKbit = 100;
inline constexpr uint32_t kMaxCeilingKbit = 10'000'000;
inline constexpr uint32_t kMinTargetMs = 20;  // a frame of a screen
inline constexpr uint32_t kMaxTargetMs = 1000;
inline constexpr uint32_t kMaxQuality = 100;

// A link that has been opened says who it is within this time.
inline constexpr Micros kHelloTimeout = 5 * kSecond;
// A link is pinged when nothing was heard for this long.
inline constexpr Micros kPingAfter = 10 * kSecond;
// A link is given up when nothing was heard for this long: a ping and its answer had 15 s.
inline constexpr Micros kPeerTimeout = 25 * kSecond;

// How long a ticket may be used after it was signed.
inline constexpr int64_t kTicketLifetimeSeconds = 60;
// Viewers of one desktop at a time; each costs the agent one held picture.
inline constexpr size_t kMaxViewersPerDesktop = 8;

}  // namespace vitrine
