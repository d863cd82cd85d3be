// The progress page: a lesson a row, an exercise a mark; what comes next; a file to carry it elsewhere.
import { Notices } from "./dialogs.js";
import { bytesOf, h, say } from "./dom.js";
import { frame } from "./frame.js";
import { Link } from "./link.js";
import { publish } from "./record.js";
import { saveFile } from "./sharing.js";
import { dress } from "./theme.js";

// A shape and a word each, so that no eye depends on the colour.
const STATES = { right: ["✓", "done"], "not yet": ["✗", "not right yet"], "not attempted": ["○", "not tried"] };

class ProgressPage {
  constructor(model, host) {
    this.notices = new Notices();
    this.shown = null;
    this.root = this.build(host);
    this.link = new Link(model, {
      receive: (content, buffers) => this.receive(content, buffers ?? []),
      sent: () => false,
      silent: (lost) => this.notices.lost(lost),
    });
    // Another notebook may have checked something meanwhile: its kernel and this one share only the file.
    const again = () => document.visibilityState === "visible" && this.link.send({ type: "look" });
    document.addEventListener("visibilitychange", again);
    window.addEventListener("focus", again);
    this.stops = [
      dress(this.root),
      () => document.removeEventListener("visibilitychange", again),
      () => window.removeEventListener("focus", again),
    ];
    publish(() => this.shown);
    this.link.send({ type: "hello" });
  }

  build(host) {
    this.sentence = h("p", { class: "wb-far", role: "status" });
    this.bar = h("progress", { class: "wb-part", value: 0, max: 1, "aria-label": "exercises done" });
    this.file = h("input", { type: "file", accept: ".json,application/json", class: "wb-hidden", tabindex: -1, "aria-label": "progress file", onchange: () => this.read() });
    const button = (name, call, title) => h("button", { class: "wb-button", type: "button", "data-do": name, title, onclick: call }, name);
    const head = h("div", { class: "wb-bar" }, this.bar, h("span", { class: "wb-gap" }),
      button("export", () => this.link.send({ type: "export" }), "save it as a JSON file"),
      button("import", () => this.file.click(), "add what another machine exported"), this.file);
    const legend = h("ul", { class: "wb-legend wb-states", "aria-label": "marks" }, Object.entries(STATES).map(([state, [sign, word]]) => h("li", {}, h("span", { class: "wb-state", "data-state": state, "aria-hidden": "true" }, sign), ` ${word}`)));
    this.lessons = h("div", { class: "wb-lessons" });
    return frame(host, "wb-course", this.notices, [head, this.sentence, legend, this.lessons]);
  }

  close() {
    this.link.close();
    this.stops.forEach((stop) => stop());
  }

  receive(content, buffers) {
    const handlers = {
      progress: () => this.show(content),
      download: () => saveFile(content.name, content.mime, bytesOf(buffers[0])),
      notice: () => this.notices.say(content.message, content.level),
    };
    handlers[content.type]?.();
  }

  show(content) {
    this.shown = content;
    this.bar.max = content.total;
    this.bar.value = content.done;
    say(this.sentence, content.keeps ? content.sentence : `${content.sentence} Nothing is kept here: WORKBENCH_PROGRESS is empty.`);
    this.lessons.replaceChildren(...content.lessons.map((lesson) => this.row(lesson, content.next)));
  }

  row({ number, topic, done, steps }, next) {
    const isNext = steps.some(({ id }) => id === next);
    const marks = steps.map(({ state, told }) => h("span", { class: "wb-state", "data-state": state, role: "img", "aria-label": told, title: told }, STATES[state][0]));
    const line = h("summary", {}, h("b", {}, number), h("span", { class: "wb-topic" }, topic), h("span", { class: "wb-marks" }, marks), h("span", { class: "wb-count" }, `${done} of ${steps.length}`));
    const list = h("ul", {}, steps.map((step) => this.step(step, step.id === next)));
    return h("details", { "data-lesson": number, "data-next": isNext, open: isNext }, line, list);
  }

  step({ id, title, state, told, when }, isNext) {
    const words = told.slice(told.lastIndexOf(": ") + 2) + (when ? `, first right on ${when}` : "");
    const sign = h("span", { class: "wb-state", "data-state": state, "aria-hidden": "true" }, STATES[state][0]);
    return h("li", { "data-exercise": id, "data-state": state }, sign, h("span", {}, `${id} ${title}`), h("span", { class: "wb-quietly" }, words), isNext ? h("b", { class: "wb-next" }, "next") : null);
  }

  async read() {
    const [file] = this.file.files;
    this.file.value = "";
    if (file) this.link.send({ type: "import" }, [await file.arrayBuffer()]);
  }
}

export default {
  render({ model, el }) {
    const page = new ProgressPage(model, el);
    return () => page.close();
  },
};
