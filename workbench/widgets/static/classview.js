// The class view: how a graded class did, question by question; every mask; where most miss; each submission.
import { Bars, StateBar } from "./classbars.js";
import { openDialog, Notices } from "./dialogs.js";
import { bytesOf, h, plural, say } from "./dom.js";
import { FailMap } from "./failmap.js";
import { frame } from "./frame.js";
import { Link } from "./link.js";
import { MaskWall } from "./maskwall.js";
import { publish } from "./record.js";
import { Roster } from "./roster.js";
import { dress } from "./theme.js";

const OTHER = "no named mistake";

class ClassPage {
  constructor(model, host) {
    this.notices = new Notices();
    this.questions = new Map();
    this.filter = null; // the mistake whose makers alone are shown
    this.wall = new MaskWall((student) => this.open(student));
    this.map = new FailMap();
    this.roster = new Roster((student) => this.open(student));
    this.points = new Bars("how many got how many of the points");
    this.mistakes = new Bars("which wrong answer how often", (name) => this.sift(name));
    this.tries = new Bars("how often it was handed in");
    this.root = this.build(host);
    this.undress = dress(this.root);
    publish(() => ({ question: this.shown?.id ?? null, filter: this.filter }));
    this.link = new Link(model, {
      receive: (content, buffers) => this.receive(content, buffers ?? []),
      sent: () => false,
      silent: (lost) => this.notices.lost(lost),
    });
    this.link.send({ type: "hello" });
  }

  build(host) {
    this.title = h("h2", {}, "…");
    this.note = h("p", { class: "wb-quietly" });
    this.list = h("div", { class: "wb-questions", role: "group", "aria-label": "questions" });
    this.asked = h("h3", {});
    this.sifted = h("p", { class: "wb-sifted", role: "status" });
    this.walls = h("div", { class: "wb-walls" }, this.wall.element, this.map.element);
    const graphs = h("div", { class: "wb-graphs" }, this.points.element, this.mistakes.element, this.tries.element);
    const aside = h("aside", { class: "wb-asked", "aria-label": "the class" }, this.title, this.note, this.list);
    this.main = h("div", { class: "wb-answers", "data-card": "class", "data-state": "running" }, h("header", {}, this.asked, this.sifted), this.walls, graphs, this.roster.element);
    return frame(host, "wb-class", this.notices, [h("div", { class: "wb-classroom" }, aside, this.main)]);
  }

  close() {
    this.link.close();
    this.undress();
  }

  // ---- from the kernel

  receive(content, buffers) {
    const handlers = {
      class: () => this.greet(content),
      question: () => this.show(content, buffers),
      submission: () => this.submission(content),
      notice: () => this.notices.say(content.message, content.level),
    };
    handlers[content.type]?.();
  }

  greet({ title, note, students, questions }) {
    say(this.title, title);
    say(this.note, `${plural(students, "student")}. ${note}`);
    this.questions = new Map(questions.map((one) => [one.id, one]));
    this.list.replaceChildren(...questions.map((one) => this.question(one)));
  }

  question(one) {
    const mean = one.mean === null ? "–" : `${one.mean.toFixed(2)} of ${one.of}`;
    const head = h("span", { class: "wb-asked-head" }, h("b", {}, one.id), h("span", {}, one.title), h("span", { class: "wb-quietly" }, `mean ${mean}`));
    return h("button", { type: "button", class: "wb-question-card", "data-question": one.id, "aria-pressed": "false", onclick: () => this.pick(one.id) }, head, StateBar(one.states));
  }

  async show(content, buffers) {
    const question = this.questions.get(content.id);
    Object.assign(this, { shown: content, filter: null });
    this.list.querySelectorAll("[data-question]").forEach((card) => card.setAttribute("aria-pressed", String(card.dataset.question === content.id)));
    say(this.asked, `${question.id} ${question.title}`);
    this.points.show(question.bins);
    const unnamed = question.unnamed ? [[OTHER, question.unnamed, ""]] : [];
    this.mistakes.show([...question.mistakes.map(({ name, count, hint }) => [name, count, hint]), ...unnamed]);
    const seconds = question.seconds === null ? "" : `Half of them ran in ${question.seconds.toFixed(question.seconds < 1 ? 3 : 1)} s or less.`;
    this.tries.show(question.tries, seconds);
    this.walls.hidden = !content.gallery;
    if (content.gallery) {
      await this.wall.show(content, buffers.map(bytesOf));
      await this.map.show(content.gallery, this.wall.photo, bytesOf(buffers[2]));
    }
    this.sift(null);
    this.main.dataset.state = "idle";
  }

  submission(content) {
    const line = ([label, text]) => [h("dt", {}, label), h("dd", {}, h("pre", {}, text))];
    const pictures = content.pictures.map(({ src, alt }) => h("figure", {}, h("img", { src, alt }), h("figcaption", {}, alt)));
    const mistake = content.mistake ? [["mistake", content.mistake]] : [];
    const facts = [["points", `${content.points} of ${content.of}`], ...mistake, ["handed in", plural(content.tries, "time")], ...content.rows];
    if (content.violation) facts.unshift(["violation", content.violation]);
    const verdict = h("p", { class: "wb-said" }, h("span", { "aria-hidden": "true" }, `${content.sign} `), content.said);
    const body = h("div", { class: "wb-submission" }, verdict, h("dl", {}, facts.flatMap(line)), h("div", { class: "wb-shots" }, pictures), h("h3", {}, "what was handed in"), h("pre", { class: "wb-code", tabindex: 0, "aria-label": "code" }, content.code || "nothing"));
    openDialog(`${content.student}: ${content.exercise} ${content.title}`, body);
  }

  // ---- from the person

  pick(id) {
    this.main.dataset.state = "running";
    this.link.send({ type: "pick", exercise: id });
  }

  open(student) {
    this.link.send({ type: "open", student, exercise: this.shown.id });
  }

  /** Show only who made this mistake; once more shows everybody again. */
  sift(name) {
    this.filter = name === this.filter ? null : name;
    const made = ({ mistake, state }) => (this.filter === OTHER ? state === "not yet" && !mistake : mistake === this.filter);
    const rows = this.shown.rows.filter((row) => this.filter === null || made(row));
    const names = new Set(rows.map(({ student }) => student));
    this.mistakes.press(this.filter);
    this.wall.sift(names);
    this.roster.show(rows, this.wall.scores(this.shown));
    say(this.sifted, this.filter === null ? plural(rows.length, "answer") : `${this.filter}: ${rows.length} of ${this.shown.rows.length}`);
  }
}

export default {
  render({ model, el }) {
    const page = new ClassPage(model, el);
    return () => page.close();
  },
};
