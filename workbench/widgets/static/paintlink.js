// The line to the kernel of a page that paints: what was painted goes with the state, packed when it leaves.
import { Link } from "./link.js";
import { sheetMessage } from "./sheet.js";

export class PaintLink extends Link {
  constructor(model, app, handlers) {
    super(model, handlers);
    Object.assign(this, { app, dirty: new Set() });
  }

  touched(side) {
    this.dirty.add(side);
  }

  /** Whether a question has not been answered yet. */
  get busy() {
    return Boolean(this.pending) || this.flying.length > 0;
  }

  send(message, buffers = []) {
    if (message.type !== "state") return super.send(message, buffers);
    const { image, truth } = message.state;
    const moved = this.at && this.at !== `${image}/${truth}`;
    this.at = `${image}/${truth}`;
    // Another picture is a plain state; what was painted on the old one stays behind.
    if (moved) {
      this.dirty.clear();
      return super.send(message);
    }
    const sheets = [...this.dirty].map((side) => sheetMessage(this.app.panes[side].plane));
    this.dirty.clear();
    super.send({ ...message, type: "painted", rest: !this.app.easel.drawing, sheets: sheets.map(([told]) => told) }, sheets.map(([, bytes]) => bytes));
  }
}
