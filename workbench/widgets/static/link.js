// The line to the kernel: states go out at once and at most once a frame; silence is noticed.

const PATIENCE = 5000; // ms
const KEPT = 600; // input times remembered
const AHEAD = 1; // states on their way: a second would only wait its turn, and be old when that comes
const SLOW = 120; // ms after which a state follows though nothing was answered: it may end a slow run

export class Link {
  constructor(model, { receive, sent, silent }) {
    Object.assign(this, { model, sent, silent, seq: 0, taken: 0, pending: null, inFrame: false, timer: 0, flying: [] });
    this.inputs = new Map();
    this.listen = (content, buffers) => {
      this.heard();
      this.landed(content);
      receive(content, buffers, performance.now());
    };
    model.on("msg:custom", this.listen);
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.late);
    this.model.off("msg:custom", this.listen);
  }

  send(message, buffers = []) {
    try {
      this.model.send(message, undefined, buffers);
    } catch {
      this.silent(true);
    }
  }

  /** Send a state now, or the newest of them as soon as this frame is over and the kernel keeps up. */
  state(work, input) {
    this.pending = { work, input };
    this.next();
  }

  next() {
    if (!this.pending || this.inFrame) return;
    clearTimeout(this.late);
    const wait = this.flying.length < AHEAD ? 0 : this.flying.at(-1).sent + SLOW - performance.now();
    if (wait <= 0) this.flush();
    else this.late = setTimeout(() => this.next(), wait);
  }

  /** An answer to message `seq` answers all that were sent before it; a newer one still waits for a sign of life. */
  landed({ type, seq }) {
    if (!["running", "result", "error"].includes(type)) return;
    this.taken = Math.max(this.taken, seq ?? 0);
    if (this.flying.some((state) => state.seq > this.taken)) this.expect();
    if (type === "running") return;
    this.flying = this.flying.filter((state) => state.seq > seq);
    this.next();
  }

  flush() {
    const { work, input } = this.pending;
    this.pending = null;
    this.inFrame = true;
    requestAnimationFrame(() => {
      this.inFrame = false;
      this.next();
    });
    const seq = ++this.seq;
    this.inputs.set(seq, input);
    this.inputs.delete(seq - KEPT);
    if (this.sent(seq, work)) {
      this.expect();
      this.flying = [...this.flying, { seq, sent: performance.now() }].slice(-AHEAD);
    }
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
