// Clipboards between the desktop and its viewers; a part of messages.h. Each side says what it has, and content comes
// in parts as it is asked for (host-agent/clipboard, web-client/core/clipboard).
#pragma once

#include <cstdint>

#include "protocol/limits.h"
#include "protocol/message.h"

namespace vitrine {

// What a clipboard can hold; bits of CopyOffered::formats and PasteOffered::formats, one of them where a format is
// named.
inline constexpr uint32_t kClipText = 1 << 0;   // UTF-8
inline constexpr uint32_t kClipHtml = 1 << 1;   // a fragment or a page, UTF-8
inline constexpr uint32_t kClipImage = 1 << 2;  // a PNG file

// What programs select with the mouse is a clipboard of its own, PRIMARY. A viewer that asks to follow it gets offers
// with serials from here on; what it pastes becomes PRIMARY too, as far as that is text.
inline constexpr uint32_t kFirstPrimarySerial = uint32_t{1} << 31;

// A part of a clipboard's content. Each format has a message type of its own, so that a gateway can hold a right by the
// type's number alone.
template <class Self, class V>
void visit_clip_part(Self& self, V& v) {
  v.field("serial", self.serial, "copied from the offer");
  v.field("total", self.total, "bytes of the whole; 0: it cannot be had any more");
  v.field("offset", self.offset, "of these bytes in the whole");
  v.field("bytes", self.bytes, kMaxClipPart, "the next of them");
}

// --- agent to viewer ---

struct CopyOffered {
  VITRINE_MESSAGE(22, CopyOffered, kAgentToViewer,
                  "The desktop's clipboard holds something else now. Its content comes when CopyWanted asks.");
  uint32_t serial = 0;
  uint32_t formats = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("serial", self.serial, "of this content; rises; from 2^31 on it is the PRIMARY selection's");
    v.field("formats", self.formats, "bits: as what it can be had; 0: it is empty");
  }
};

struct CopiedText {
  VITRINE_MESSAGE(23, CopiedText, kAgentToViewer, "A part of the desktop's clipboard as text.");
  uint32_t serial = 0;
  uint32_t total = 0;
  uint32_t offset = 0;
  Bytes bytes;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    visit_clip_part(self, v);
  }
};

struct CopiedHtml {
  VITRINE_MESSAGE(24, CopiedHtml, kAgentToViewer, "A part of the desktop's clipboard as HTML.");
  uint32_t serial = 0;
  uint32_t total = 0;
  uint32_t offset = 0;
  Bytes bytes;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    visit_clip_part(self, v);
  }
};

struct CopiedImage {
  VITRINE_MESSAGE(25, CopiedImage, kAgentToViewer, "A part of the desktop's clipboard as a PNG file.");
  uint32_t serial = 0;
  uint32_t total = 0;
  uint32_t offset = 0;
  Bytes bytes;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    visit_clip_part(self, v);
  }
};

struct PasteWanted {
  VITRINE_MESSAGE(26, PasteWanted, kAgentToViewer, "The viewer may send more of what it offered, or need not.");
  uint32_t serial = 0;
  uint32_t format = 0;
  uint32_t offset = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("serial", self.serial, "copied from PasteOffered");
    v.field("format", self.format, "one bit");
    v.field("offset", self.offset, "bytes that have come; the whole: enough");
  }
};

// --- viewer to agent ---

struct CopyWanted {
  VITRINE_MESSAGE(47, CopyWanted, kViewerToAgent, "Asks for the desktop's clipboard, and for more as parts come.");
  uint32_t serial = 0;
  uint32_t format = 0;
  uint32_t offset = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("serial", self.serial, "copied from CopyOffered");
    v.field("format", self.format, "one bit");
    v.field("offset", self.offset, "bytes that have come; 0 begins, the whole ends, kMaxClipboard ends whatever it is");
  }
};

struct PasteOffered {
  VITRINE_MESSAGE(48, PasteOffered, kViewerToAgent,
                  "The viewer's clipboard becomes the desktop's. The first part of each format follows unasked.");
  uint32_t serial = 0;
  uint32_t formats = 0;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("serial", self.serial, "of this content; rises");
    v.field("formats", self.formats, "bits: as what it can be had");
  }
};

struct PastedText {
  VITRINE_MESSAGE(49, PastedText, kViewerToAgent, "A part of the viewer's clipboard as text.");
  uint32_t serial = 0;
  uint32_t total = 0;
  uint32_t offset = 0;
  Bytes bytes;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    visit_clip_part(self, v);
  }
};

struct PastedHtml {
  VITRINE_MESSAGE(50, PastedHtml, kViewerToAgent, "A part of the viewer's clipboard as HTML.");
  uint32_t serial = 0;
  uint32_t total = 0;
  uint32_t offset = 0;
  Bytes bytes;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    visit_clip_part(self, v);
  }
};

struct PastedImage {
  VITRINE_MESSAGE(51, PastedImage, kViewerToAgent, "A part of the viewer's clipboard as a PNG file.");
  uint32_t serial = 0;
  uint32_t total = 0;
  uint32_t offset = 0;
  Bytes bytes;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    visit_clip_part(self, v);
  }
};

struct FollowPrimary {
  VITRINE_MESSAGE(74, FollowPrimary, kViewerToAgent,
                  "Whether what programs select counts as copied, and what the viewer pastes as selected. Not followed "
                  "until asked; as far as rights to copy and paste text go.");
  bool follow = false;

  template <class Self, class V>
  static void visit(Self& self, V& v) {
    v.field("follow", self.follow, "");
  }
};

}  // namespace vitrine
