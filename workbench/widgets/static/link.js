// The line to the kernel: states go out at once and at most once a frame; silence is noticed.

const PATIENCE = 5000; // ms
const KEPT = 600; // input times remembered

export class Link {
  constructor(model, { receive, sent, silent }) {
    Object.assign(this, { model, sent, silent, seq: 0, pending: null, inFrame: false, timer: 0 });
    this.inputs = new Map();
    this.listen = (content, buffers) => {
      this.heard();
      receive(content, buffers, performance.now());
    };
    model.on("msg:custom", this.listen);
  }

  close() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.listen);
  }

  send(message, buffers = []) {
    try {
      this.model.send(message, undefined, buffers);
    } catch {
      this.silent(true);
    }
  }

  /** Send a state now, or, when this frame has sent one already, the newest of them in the next. */
  state(work, input) {
    this.pending = { work, input };
    if (!this.inFrame) this.flush();
  }

  flush() {
    const { work, input } = this.pending;
    this.pending = null;
    this.inFrame = true;
    requestAnimationFrame(() => {
      this.inFrame = false;
      if (this.pending) this.flush();
    });
    const seq = ++this.seq;
    this.inputs.set(seq, input);
    this.inputs.delete(seq - KEPT);
    if (this.sent(seq, work)) this.expect();
    this.send({ type: "state", seq, state: work });
  }

  expect() {
    this.timer ||= setTimeout(() => this.silent(true), PATIENCE);
  }

  heard() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.silent(false);
  }
}
