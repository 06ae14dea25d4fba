// WebKitGTK tells a paste event nothing of a picture, but pastes it where rich text may stand. There it is picked up.

/** How long a picture may take to be decoded; no more than keys wait for what is pasted. */
const kDecodeMs = 2_000;

/** Whether this is the browser that does so. */
export const hidesPictures = (): boolean =>
  navigator.vendor.startsWith('Apple') && !/^(mac|iphone|ipad)/i.test(navigator.platform);

/**
 * To be called inside of a paste event that holds nothing and is not prevented: the paste goes to an element of ours, and
 * the focus comes back at once. Gives the picture as PNG, or null when there was none.
 */
export function pastedPicture(): Promise<Uint8Array<ArrayBuffer> | null> {
  const before = document.activeElement;
  const catcher = document.createElement('div');
  catcher.contentEditable = 'true';
  catcher.setAttribute('aria-hidden', 'true');
  // Out of sight, and still a place where a selection can be.
  Object.assign(catcher.style, { position: 'fixed', left: '-20px', top: '0', width: '10px', height: '10px', overflow: 'hidden', webkitUserSelect: 'text' });
  document.body.append(catcher);
  catcher.focus({ preventScroll: true });
  return new Promise((resolve) => {
    const pasted = (): void => {
      clearTimeout(timer);
      catcher.removeEventListener('input', pasted);
      const image = catcher.querySelector('img');
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
      catcher.remove();
      resolve(image === null ? null : asPng(image));
    };
    catcher.addEventListener('input', pasted);
    // There was nothing that could be pasted.
    const timer = setTimeout(pasted, 0);
  });
}

async function asPng(image: HTMLImageElement): Promise<Uint8Array<ArrayBuffer> | null> {
  const late = new Promise<null>((resolve) => { setTimeout(() => { resolve(null); }, kDecodeMs); });
  const drawn = image.decode().then(() => {
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    canvas.getContext('2d')?.drawImage(image, 0, 0);
    URL.revokeObjectURL(image.src);
    return new Promise<Blob | null>((resolve) => { canvas.toBlob(resolve, 'image/png'); });
  });
  const blob = await Promise.race([drawn, late]);
  return blob === null ? null : new Uint8Array(await blob.arrayBuffer());
}
