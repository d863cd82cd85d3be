// The photograph: decoded once, drawn once for each camera, copied into every canvas.

export class Photo {
  constructor(size, bitmap = null) {
    this.size = size;
    this.bitmap = bitmap;
    this.cache = document.createElement("canvas");
    this.key = "";
  }

  static async decode(bytes, mime, size) {
    return new Photo(size, await createImageBitmap(new Blob([bytes], { type: mime })));
  }

  /** RGB of a pixel, or null before the photograph is there. */
  colour(row, col) {
    if (!this.bitmap) return null;
    if (!this.pixels) {
      const [height, width] = this.size;
      const canvas = new OffscreenCanvas(width, height);
      const brush = canvas.getContext("2d", { willReadFrequently: true });
      brush.drawImage(this.bitmap, 0, 0, width, height);
      this.pixels = brush.getImageData(0, 0, width, height).data;
    }
    return this.pixels.slice(4 * (row * this.size[1] + col), 4 * (row * this.size[1] + col) + 3);
  }

  /** The photograph as this frame shows it: scaling it anew for each canvas and each mask would be the dearest step. */
  drawn(frame, width, height, ratio) {
    const key = [frame.scale, frame.x, frame.y, width, height].join();
    if (key !== this.key) {
      this.key = key;
      this.cache.width = width;
      this.cache.height = height;
      const brush = this.cache.getContext("2d");
      if (this.bitmap) place(brush, this.bitmap, frame, this.size, ratio);
    }
    return this.cache;
  }
}

/** Draw something of the image's size where the frame has it; from 2x on, pixels are seen as pixels. */
export function place(brush, source, frame, [rows, cols], ratio) {
  brush.imageSmoothingEnabled = frame.scale < 2;
  brush.drawImage(source, frame.x * ratio, frame.y * ratio, cols * frame.scale * ratio, rows * frame.scale * ratio);
}
